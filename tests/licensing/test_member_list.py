"""Lists of members as people keep them: understood row by row, and nothing dropped silently."""

import subprocess
import sys
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from contracts.licensing.language import Sex
from services.licensing.domain.cells import (
    CellNotUnderstood,
    read_birth_year,
    read_day,
    read_sex,
    read_share,
)
from services.licensing.domain.member_list import HeadingNotFound, read_list
from services.licensing.gateways.spreadsheet import (
    READER,
    SpreadsheetNotReadable,
    read_sheet,
)

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 3, 2)
EVIDENCE = {"national card": "national-card", "national id card": "national-card"}
HEAD = ["Full name", "Sex", "Date of birth", "Identity paper", "Number", "Role", "Shares"]


def listed(*rows: list[str]) -> list[tuple[int, str | None, list[str]]]:
    read = read_list([HEAD, *rows], TODAY, EVIDENCE)
    return [(one.row, one.name, [fault.problem for fault in one.faults]) for one in read]


def test_the_example_list_is_twelve_members_of_whom_seven_are_women() -> None:
    rows = read_sheet(ROOT / "examples" / "members.xlsx")
    evidence = EVIDENCE | {"voter card": "voter-card"}
    read = read_list(rows, TODAY, evidence)
    members = [one.member for one in read if one.member]
    assert [one.faults for one in read] == [[]] * 12
    assert [m.sex for m in members].count(Sex.FEMALE) == 7
    assert {m.birth_year for m in members} >= {1979, 1988, 1990, 1995, 1987, 2001}
    assert [m.role for m in members[:4]] == ["chair", "secretary", "treasurer", "member"]
    assert sum(m.share for m in members) == 60


def test_a_title_above_the_heading_and_empty_rows_are_passed_over() -> None:
    rows = [["Members of Green Hill"], [], HEAD, ["Amara Tolu", "F", "1979"], ["", "", ""]]
    read = read_list(rows, TODAY, EVIDENCE)
    assert [(one.row, one.name) for one in read] == [(4, "Amara Tolu")]


def test_a_list_without_a_heading_is_refused_with_the_words_it_needs() -> None:
    with pytest.raises(HeadingNotFound) as refused:
        read_list([["Amara", "F", "1979"]], TODAY, EVIDENCE)
    assert refused.value.facts["needed"] == ["name", "sex", "birth"]


def test_every_fault_of_a_row_is_told_with_its_column() -> None:
    rows = [HEAD, ["", "perhaps", "31/02/1980", "Library card", "77", "", "many"]]
    (row,) = read_list(rows, TODAY, EVIDENCE)
    assert row.member is None
    columns = [fault.column for fault in row.faults]
    assert columns == ["Full name", "Sex", "Date of birth", "Shares", "Identity paper"]


def test_the_same_person_twice_is_told_of_the_first_row() -> None:
    card = ["Amara Tolu", "F", "1979", "National card", "EX-1"]
    again = ["A. Tolu", "F", "1979", "national ID card", "ex 1"]
    assert listed(card, again)[1] == (3, "A. Tolu", ["The same person stands in row 2"])
    plain = ["Kofi Arendo", "M", "1976"]
    assert listed(plain, ["KOFI  ARENDO", "m", "11/10/1976"])[1][2] == [
        "The same person stands in row 2"
    ]


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("1984", 1984),
        ("14/03/1979", 1979),
        ("14.03.1979", 1979),
        ("1979-03-14", 1979),
        ("1979/03/14", 1979),
        ("1979-03-14T00:00:00", 1979),
        ("28928", 1979),
        ("28928.0", 1979),
        ("", None),
    ],
)
def test_years_of_birth_are_read_as_they_are_met(text: str, year: int | None) -> None:
    assert read_birth_year(text, TODAY) == year


@pytest.mark.parametrize("text", ["4048", "1880", "31/02/1980", "born 1980", "2027-01-01", "79"])
def test_impossible_years_of_birth_say_what_to_write(text: str) -> None:
    with pytest.raises(CellNotUnderstood):
        read_birth_year(text, TODAY)


def test_a_day_to_come_is_no_entry_date() -> None:
    with pytest.raises(CellNotUnderstood, match="has not come"):
        read_day("2026-03-03", TODAY)


def test_sexes_are_read_in_several_languages_and_may_be_left_out() -> None:
    assert [read_sex(t) for t in ("F", "Femme", "mke", "M", "homme", "", "-")] == [
        *[Sex.FEMALE] * 3,
        *[Sex.MALE] * 2,
        *[Sex.UNKNOWN] * 2,
    ]


@pytest.mark.parametrize(
    ("text", "share"), [("5", "5"), ("8,25", "8.25"), ("8.25 %", "8.25"), ("1\u00a0000", "1000")]
)
def test_shares_are_numbers_with_or_without_a_sign(text: str, share: str) -> None:
    assert read_share(text) == Decimal(share)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-1", "1/12", "1e99", "five"])
def test_what_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(CellNotUnderstood):
        read_share(text)


@pytest.mark.parametrize(
    "content",
    [
        "name;sex;year of birth\nAmara Tolu;F;1979\n".encode("utf-8-sig"),
        b'name,sex,born\r\n"Tolu,\nAmara",F,1979\r\n',
        "name\tsex\tborn\nAmadé\tF\t1979\n".encode("cp1252"),
        "name\tsex\tborn\nAmara\tF\t1979\n".encode("utf-16"),
    ],
)
def test_csv_in_the_spellings_of_office_programs_is_read(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "upload"
    file.write_bytes(content)
    rows = read_list(read_sheet(file), TODAY, EVIDENCE)
    assert [row.faults for row in rows] == [[]]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "old-excel"),
        (b"PK\x03\x04 no archive", "not-a-spreadsheet"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "not-a-spreadsheet"),
        (b"name,sex,born\n" * 5001, "too-many-rows"),
        (b"a," * 61, "too-many-columns"),
    ],
)
def test_a_file_that_is_no_list_says_why(content: bytes, reason: str, tmp_path: Path) -> None:
    file = tmp_path / "upload"
    file.write_bytes(content)
    with pytest.raises(SpreadsheetNotReadable) as refused:
        read_sheet(file)
    assert refused.value.facts["reason"] == reason


def test_an_archive_that_unpacks_to_gigabytes_is_not_unpacked(tmp_path: Path) -> None:
    file = tmp_path / "upload"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * (80 * 1024 * 1024))
    with pytest.raises(SpreadsheetNotReadable) as refused:
        read_sheet(file)
    assert refused.value.facts["reason"] == "too-large"


def test_the_reader_may_not_write_a_single_byte_to_disk(tmp_path: Path) -> None:
    probe = (
        f"import pathlib, runpy; runpy.run_path({str(READER)!r})['limit']();"
        " pathlib.Path('x').write_text('y')"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe], cwd=tmp_path, capture_output=True, check=False, timeout=30
    )
    assert done.returncode != 0
    assert b"File too large" in done.stderr
