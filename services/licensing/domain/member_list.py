"""A list of members as people keep it: which row is whom, and what is wrong in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from contracts.licensing.language import Sex
from kernel.problems import Malformed
from services.licensing.domain.cells import (
    CellNotUnderstood,
    read_birth_year,
    read_day,
    read_sex,
    read_share,
    slug,
    words,
)

HEADINGS: Final[dict[str, frozenset[str]]] = {
    "name": frozenset({"name", "full name", "member", "names", "member name", "nom", "jina"}),
    "sex": frozenset({"sex", "gender", "sexe", "jinsia"}),
    "birth": frozenset(
        {"birth year", "year of birth", "date of birth", "born", "dob", "birth date", "birthdate"}
    ),
    "evidence": frozenset({"identity paper", "id type", "id kind", "evidence", "document"}),
    "number": frozenset({"number", "id number", "id no", "identity number", "card number"}),
    "role": frozenset({"role", "post", "function", "position"}),
    "share": frozenset({"share", "shares", "parts"}),
    "since": frozenset({"member since", "since", "joined", "entry", "date joined", "from"}),
}
MEANINGS: Final = {word: name for name, spelled in HEADINGS.items() for word in spelled}
NEEDED: Final = ("name", "sex", "birth")
HEADING_ROWS: Final = 10  # titles above the heading are passed over


class HeadingNotFound(Malformed):
    """No row names the columns that are needed; the facts list them."""

    title = "The list has no heading that can be understood"


@dataclass(frozen=True, slots=True)
class Fault:
    column: str | None
    problem: str


@dataclass(frozen=True, slots=True)
class Listed:
    """One member as a row tells of them."""

    name: str
    sex: Sex
    birth_year: int | None
    evidence: str | None
    number: str | None
    role: str
    share: Decimal
    since: date


@dataclass(slots=True)
class ListRow:
    """`row` counts as the spreadsheet does, from 1. `member` is None when there are faults."""

    row: int
    name: str | None
    member: Listed | None = None
    faults: list[Fault] = field(default_factory=list)


def read_list(
    rows: Sequence[Sequence[str]], today: date, evidence: Mapping[str, str]
) -> list[ListRow]:
    """Every row under the heading that is not empty, understood or with its faults.

    `evidence` maps what people may write (ids and titles, folded) to the rulebook's evidence ids.
    Raises HeadingNotFound.
    """
    at, columns = _heading(rows)
    found = [
        _read_row(n, row, columns, today, evidence)
        for n, row in enumerate(rows[at + 1 :], start=at + 2)
        if any(cell.strip() for cell in row)
    ]
    _mark_twins(found)
    return found


def _heading(rows: Sequence[Sequence[str]]) -> tuple[int, dict[str, tuple[int, str]]]:
    for at, row in enumerate(rows[:HEADING_ROWS]):
        columns = _columns(row)
        if all(name in columns for name in NEEDED):
            return at, columns
    raise HeadingNotFound(
        "One of the first rows must name the columns: name, sex, year or date of birth",
        needed=list(NEEDED),
        understood={name: sorted(spelled) for name, spelled in HEADINGS.items()},
    )


def _columns(row: Sequence[str]) -> dict[str, tuple[int, str]]:
    """Meaning to place and spelling; of two columns with one meaning the first counts."""
    found: dict[str, tuple[int, str]] = {}
    for n, cell in enumerate(row):
        meaning = MEANINGS.get(words(cell))
        if meaning is not None:
            found.setdefault(meaning, (n, cell))
    return found


@dataclass(slots=True)
class _Cells:
    """One row's cells by meaning; what cannot be understood becomes a fault of the row."""

    row: Sequence[str]
    columns: Mapping[str, tuple[int, str]]
    faults: list[Fault]

    def text(self, name: str) -> str:
        at = self.columns.get(name)
        return " ".join(self.row[at[0]].split()) if at and at[0] < len(self.row) else ""

    def fault(self, name: str, problem: str) -> None:
        self.faults.append(Fault(self.columns[name][1] if name in self.columns else None, problem))


def _read_row(
    n: int,
    row: Sequence[str],
    columns: Mapping[str, tuple[int, str]],
    today: date,
    evidence: Mapping[str, str],
) -> ListRow:
    read = ListRow(n, None)
    cells = _Cells(row, columns, read.faults)
    read.name = cells.text("name") or None
    if read.name is None or len(read.name) > 200:
        cells.fault("name", "Write the member's full name")
    sex, born = _person(cells, today)
    share, since = Decimal(1), today
    try:
        share = read_share(cells.text("share")) if cells.text("share") else share
    except CellNotUnderstood as why:
        cells.fault("share", str(why))
    try:
        since = read_day(cells.text("since"), today) if cells.text("since") else since
    except CellNotUnderstood as why:
        cells.fault("since", str(why))
    kind, number = _evidence(cells, evidence)
    if not read.faults and read.name:
        role = slug(cells.text("role")) or "member"
        read.member = Listed(read.name, sex, born, kind, number, role, share, since)
    return read


def _person(cells: _Cells, today: date) -> tuple[Sex, int | None]:
    sex, born = Sex.UNKNOWN, None
    try:
        sex = read_sex(cells.text("sex"))
    except CellNotUnderstood as why:
        cells.fault("sex", str(why))
    try:
        born = read_birth_year(cells.text("birth"), today)
    except CellNotUnderstood as why:
        cells.fault("birth", str(why))
    return sex, born


def _evidence(cells: _Cells, known: Mapping[str, str]) -> tuple[str | None, str | None]:
    written, number = cells.text("evidence"), cells.text("number")
    if not number:
        return None, None
    if not written:
        cells.fault("evidence", "Say which paper this number stands on")
        return None, None
    kind = known.get(words(written))
    if kind is None:
        cells.fault("evidence", "Write one of: " + ", ".join(sorted(set(known.values()))))
        return None, None
    return kind, number


def _mark_twins(rows: Sequence[ListRow]) -> None:
    """The second row with a number, or with a name and year of birth, is told of the first."""
    seen: dict[object, int] = {}
    for read in rows:
        if read.member is None:
            continue
        keys = keys_of(read.member.name, read.member.birth_year, read.member.number)
        first = next((seen[key] for key in keys if key in seen), None)
        if first is not None:
            read.faults.append(Fault(None, f"The same person stands in row {first}"))
            read.member = None
            continue
        seen.update(dict.fromkeys(keys, read.row))


def keys_of(name: str, born: int | None, number: str | None) -> list[object]:
    """How a person is recognised: by the number of their paper, else by name and year of birth."""
    return [("number", words(number))] if number else [("name", words(name), born)]
