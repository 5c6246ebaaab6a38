"""The day ledger: to whom every elapsed moment of a case belongs; it adds up to its duration."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final

from kernel.calendar import Calendar, Outage, split_days
from services.licensing.domain.step import Step

OUTAGE: Final = "outage"
MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Holding:
    """Whom the case waited for at one step; `settles`: when that step ended, None while it runs."""

    party: str
    step: str
    begins: datetime
    ends: datetime | None
    opened: datetime
    settles: datetime | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time that belongs to one party; `step` is None between steps."""

    party: str
    step: str | None
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class DayRow:
    """A party's part of one local day."""

    day: date
    party: str
    working: bool
    microseconds: int


def holdings_of(steps: Iterable[Step]) -> list[Holding]:
    """Who had each step, from when until when."""
    found = []
    for step in steps:
        marks = [(party, datetime.fromisoformat(since)) for party, since in step.holdings]
        ends: list[datetime | None] = [since for _, since in marks[1:]]
        for (party, begins), until in zip(marks, [*ends, step.decided_at], strict=True):
            found.append(Holding(party, step.step, begins, until, step.opened_at, step.decided_at))
    return found


def stretches(
    began: datetime,
    until: datetime,
    holdings: Sequence[Holding],
    outages: Sequence[Outage],
    lead: str,
) -> list[Stretch]:
    """The time from `began` to `until`, each moment given to exactly one party.

    While the register was out of order it belongs to the outage. Where several steps were open at
    once it belongs to the one that ended last: the case waited for that one. Between steps it
    belongs to `lead`, the party of the office that leads the case.
    """
    marks = {began, until}
    for one in holdings:
        marks |= {one.begins, *({one.ends} if one.ends else set())}
    for outage in outages:
        marks |= {outage.begins, outage.ends}
    cuts = sorted(at for at in marks if began <= at <= until)
    found: list[Stretch] = []
    for begins, ends in pairwise(cuts):
        party, step = _owner(begins, holdings, outages, lead)
        if found and (found[-1].party, found[-1].step) == (party, step):
            begins = found.pop().begins
        found.append(Stretch(party, step, begins, ends))
    return found


def _owner(
    at: datetime, holdings: Sequence[Holding], outages: Sequence[Outage], lead: str
) -> tuple[str, str | None]:
    if any(outage.begins <= at < outage.ends for outage in outages):
        return OUTAGE, None
    here = [h for h in holdings if h.begins <= at and (h.ends is None or at < h.ends)]
    if not here:
        return lead, None
    running = [h for h in here if h.settles is None]
    last = max((h.settles for h in here if h.settles is not None), default=None)
    waited = running or [h for h in here if h.settles == last]
    first = min(waited, key=lambda h: (h.opened, h.step, h.party))
    return first.party, first.step


def day_rows(found: Iterable[Stretch], calendar: Calendar) -> list[DayRow]:
    """The stretches cut at local midnights and added up by day and party."""
    shares: dict[tuple[date, str], tuple[bool, int]] = {}
    for one in found:
        for share in split_days(one.begins, one.ends, calendar):
            key = share.day, one.party
            before = shares.get(key, (share.working, 0))[1]
            shares[key] = share.working, before + share.time // MICROSECOND
    return [
        DayRow(day, party, working, spent)
        for (day, party), (working, spent) in sorted(shares.items())
    ]
