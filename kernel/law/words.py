"""The small words a rulebook is spelled with: ids, spans of time, numbers, rings of points."""

import re
from dataclasses import dataclass
from datetime import date, time
from typing import Annotated, Final

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    WithJsonSchema,
)

from kernel.calendar import Duration, Unit


class Rule(BaseModel):
    """A part of a rulebook: immutable, and nothing in it that the law does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, slots=True)
class Refers:
    """Marks a member that names something defined elsewhere: the loader looks it up."""

    to: str


@dataclass(frozen=True, slots=True)
class Cel:
    """Marks a member that is a condition in CEL over the facts of a case: the loader tries it."""


_DOTTED = StringConstraints(pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*$", max_length=80)

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=48)]
ArticleId = Annotated[str, _DOTTED, Refers("articles")]
TextKey = Annotated[str, _DOTTED, Refers("texts")]
AgencyId = Annotated[Id, Refers("agencies")]
OfficeId = Annotated[Id, Refers("offices")]
PaperId = Annotated[Id, Refers("papers")]
FeeId = Annotated[Id, Refers("fees")]
MineralId = Annotated[Id, Refers("minerals")]
MineralGroupId = Annotated[Id, Refers("mineral_groups")]
ZoneKindId = Annotated[Id, Refers("zone_kinds")]
LicenceTypeId = Annotated[Id, Refers("licence_types")]
EvidenceId = Annotated[Id, Refers("evidence")]
BeneficiaryId = Annotated[Id, Refers("beneficiaries")]
SignatoryId = Annotated[Id, Refers("signatories")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]

_SPAN = re.compile(r"^(\d+) (working day|day|hour|minute|month|year)s?$")
_UNITS: Final = {
    "working day": Unit.WORKING_DAYS,
    "day": Unit.CALENDAR_DAYS,
    "hour": Unit.HOURS,
    "month": Unit.MONTHS,
    "year": Unit.YEARS,
}
_NUMBER = re.compile(r"^\d{1,15}(\.\d{1,8})?$")


def read_span(text: object) -> object:
    """`5 working days`, `14 days` of the calendar, `48 hours`, `3 months`, `1 year`."""
    if not isinstance(text, str):
        return text
    found = _SPAN.match(text)
    if found is None:
        raise ValueError(
            "a time is written like 5 working days, 14 days, 48 hours, 60 minutes, 3 months, 1 year"
        )
    n, unit = int(found[1]), found[2]
    if unit != "minute":
        return Duration(n=n, unit=_UNITS[unit])
    if n % 60:
        raise ValueError("minutes are whole hours: 60 minutes, 120 minutes")
    return Duration(n=n // 60, unit=Unit.HOURS)


def _read_number(number: object) -> object:
    if isinstance(number, float):
        raise ValueError('numbers with a fraction stand in quotes, such as "6.5": they are exact')
    if isinstance(number, int) and not isinstance(number, bool):
        number = str(number)
    if isinstance(number, str) and not _NUMBER.match(number):
        raise ValueError('a number is written like 10 or "6.5"')
    return number


def _read_day(day: object) -> object:
    return date.fromisoformat(day) if isinstance(day, str) else day


def _read_hour(hour: object) -> object:
    if isinstance(hour, str) and re.fullmatch(r"\d\d:\d\d", hour):
        return time.fromisoformat(hour)
    raise ValueError('an hour is written in quotes, like "15:30"')


def _is_a_ring(ring: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    if len(ring) < 3 or len(set(ring)) != len(ring):
        raise ValueError("a ring has three corners at least, each once (the first is not repeated)")
    if twice_area(ring) <= 0:
        raise ValueError("a ring runs anticlockwise round its ground")
    return ring


def twice_area(ring: tuple[tuple[int, int], ...]) -> int:
    """Twice the signed area; positive when the ring runs anticlockwise."""
    following = (*ring[1:], ring[0])
    return sum(x * v - u * y for (x, y), (u, v) in zip(ring, following, strict=True))


Span = Annotated[
    Duration,
    BeforeValidator(read_span),
    WithJsonSchema({"type": "string", "pattern": _SPAN.pattern, "examples": ["5 working days"]}),
]
Number = Annotated[
    str,
    BeforeValidator(_read_number),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "pattern": _NUMBER.pattern}, {"type": "integer"}]}
    ),
]
Day = Annotated[date, BeforeValidator(_read_day)]
Hour = Annotated[
    time, BeforeValidator(_read_hour), WithJsonSchema({"type": "string", "pattern": r"^\d\d:\d\d$"})
]
Ring = Annotated[tuple[tuple[int, int], ...], AfterValidator(_is_a_ring)]
Condition = Annotated[str, StringConstraints(min_length=1, max_length=500), Cel()]
