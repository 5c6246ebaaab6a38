"""Figures, rows and the register as CSV: the same as in JSON, and harmless in a spreadsheet."""

import csv
import io
from typing import Any

import pytest
from licensing_office import OfficeOfTests
from many_cases import ManyCases

from kernel.authority import Power


@pytest.fixture(scope="module")
def ministry(office: OfficeOfTests, many: ManyCases) -> dict[str, str]:
    return office.officer("mines-north", Power.READ_STATISTICS)


@pytest.mark.parametrize(
    ("path", "is_public"),
    [("times", False), ("times/rows", False), ("ledger", False), ("ledger/rows", False),
     ("backlog", False), ("backlog/rows", False), ("people", False), ("people/rows", False),
     ("licences", True), ("licences/rows", True), ("published-times", True)],
)  # fmt: skip
def test_a_table_holds_the_same_rows(
    office: OfficeOfTests, ministry: dict[str, str], path: str, is_public: bool
) -> None:
    who = {} if is_public else ministry
    told = office.get(who, f"/statistics/{path}?limit=20").json()
    table = office.get(who, f"/statistics/{path}?limit=20&format=csv")
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert told["formula"]
    assert told["figure"] in table.headers["content-disposition"]
    lines = list(csv.DictReader(io.StringIO(table.text)))
    assert len(lines) == len(told["rows"])
    for line, row in zip(lines, told["rows"], strict=True):
        assert {n: v for n, v in line.items() if n != "days"} == {
            name: spelled(value) for name, value in row.items() if name != "days"
        }
    assert ("next" in told and told["next"] is not None) == ("link" in table.headers)


def spelled(value: Any) -> str:
    said: dict[Any, str] = {None: "", True: "true", False: "false"}
    return said[value] if value is None or isinstance(value, bool) else str(value)


def test_the_next_page_of_a_table_is_named(office: OfficeOfTests, many: ManyCases) -> None:
    first = office.client.get("/v1/statistics/licences/rows?limit=3&format=csv")
    there = first.headers["link"].split(">")[0].removeprefix("<")
    second = office.client.get(there)
    codes = [
        line["code"]
        for table in (first, second)
        for line in csv.DictReader(io.StringIO(table.text))
    ]
    assert len(codes) == len(set(codes)) > 3


def test_a_name_that_is_a_formula_is_text_in_a_table(
    office: OfficeOfTests, many: ManyCases
) -> None:
    case = many.application(status="granted")
    party = many.party()
    office.sql("update party set name = '=1+1' where id = %s", party)
    many.licence(case, party)
    table = office.client.get("/v1/register?kind=licence&format=csv&limit=500").text
    assert ",'=1+1," in table
