"""How the day ledger looks on the wire: parts by moment, by day and by party, adding up."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from contracts.licensing.wire_days import DayLedgerView, DayView, PartyDays, StretchView
from kernel.calendar import Calendar
from services.licensing.domain.application import Application
from services.licensing.domain.day_ledger import (
    DayRow,
    Stretch,
    day_rows,
    holdings_of,
    stretches,
)
from services.licensing.domain.step import Step, at_office

MICROSECONDS = 1_000_000
OFFICE = "office:"


def show_days(
    application: Application, steps: Sequence[Step], calendar: Calendar, now: datetime
) -> DayLedgerView:
    """The ledger from lodgement to the end of the case, or to now. LookupError on a draft."""
    began, office = application.lodged_at, application.office
    if began is None or office is None:
        raise LookupError("a draft has no days")
    until = max(application.closed_at or now, began)
    found = stretches(began, until, holdings_of(steps), calendar.outages, at_office(office))
    rows = day_rows(found, calendar)
    spent = Counter[str]()
    for row in rows:
        spent[row.party] += row.microseconds
    belonging = Counter(_whose(rows).values())
    return DayLedgerView(
        application=application.id,
        code=application.code or "",
        began=began,
        until=until,
        closed=application.closed_at is not None,
        experienced_seconds=(until - began) / timedelta(seconds=1),
        statutory_seconds=sum(_seconds(s) for s in found if s.party.startswith(OFFICE)),
        parties=[
            PartyDays(party=party, seconds=micro / MICROSECONDS, days=belonging[party])
            for party, micro in sorted(spent.items())
        ],
        stretches=[_stretch(one) for one in found],
        days=[_day(row) for row in rows],
    )


def _stretch(one: Stretch) -> StretchView:
    return StretchView(
        party=one.party, step=one.step, begins=one.begins, ends=one.ends, seconds=_seconds(one)
    )


def _day(row: DayRow) -> DayView:
    seconds = row.microseconds / MICROSECONDS
    return DayView(day=row.day, party=row.party, working=row.working, seconds=seconds)


def _whose(rows: Sequence[DayRow]) -> dict[object, str]:
    """To whom each day belongs: the party with most of it, the first by name where two are even."""
    best: dict[object, DayRow] = {}
    for row in rows:
        other = best.get(row.day)
        if other is None or (-row.microseconds, row.party) < (-other.microseconds, other.party):
            best[row.day] = row
    return {day: row.party for day, row in best.items()}


def _seconds(one: Stretch) -> float:
    return (one.ends - one.begins) / timedelta(seconds=1)
