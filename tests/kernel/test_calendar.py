"""Due instants: the convention by example, and what must hold of every one of them."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from kernel.calendar import (
    Calendar,
    Duration,
    Outage,
    StandsStill,
    Suspension,
    Unit,
    due,
    elapsed,
    remaining,
    split_days,
    warn_at,
)

EAST = Calendar(utc_offset_minutes=180)
CLOSING = EAST.model_copy(update={"cut_off": time(15, 30)})
ROLLING = CLOSING.model_copy(update={"ends_on_working_day": True})


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+03:00")


def working(n: int) -> Duration:
    return Duration(n=n, unit=Unit.WORKING_DAYS)


def calendar_days(n: int) -> Duration:
    return Duration(n=n, unit=Unit.CALENDAR_DAYS)


def with_(calendar: Calendar, **changes: object) -> Calendar:
    return Calendar.model_validate(calendar.model_dump() | changes)


@pytest.mark.parametrize(
    ("calendar", "start", "allowed", "ends"),
    [
        # Monday: the day of the event is not counted, the clock time stays
        (EAST, "2026-03-02T11:00", working(5), "2026-03-09T11:00"),
        (EAST, "2026-03-06T11:00", working(1), "2026-03-09T11:00"),
        # Saturday counts as Monday morning: Monday to Friday, over when Monday begins
        (EAST, "2026-03-07T11:00", working(5), "2026-03-16T00:00"),
        (EAST, "2026-03-02T11:00", calendar_days(30), "2026-04-01T11:00"),
        (EAST, "2026-03-07T11:00", Duration(n=48, unit=Unit.HOURS), "2026-03-09T11:00"),
        (EAST, "2026-01-31T11:00", Duration(n=1, unit=Unit.MONTHS), "2026-02-28T11:00"),
        (EAST, "2026-01-31T11:00", Duration(n=2, unit=Unit.MONTHS), "2026-03-31T11:00"),
        (EAST, "2028-02-29T11:00", Duration(n=1, unit=Unit.YEARS), "2029-02-28T11:00"),
        # an office that closes: periods end at closing, later acts count on the next working day
        (CLOSING, "2026-03-02T11:00", working(5), "2026-03-09T15:30"),
        (CLOSING, "2026-03-02T15:30", working(5), "2026-03-09T15:30"),
        (CLOSING, "2026-03-02T15:31", working(5), "2026-03-10T15:30"),
        (CLOSING, "2026-03-06T16:00", working(1), "2026-03-10T15:30"),
        (CLOSING, "2026-03-02T15:31", Duration(n=2, unit=Unit.HOURS), "2026-03-02T17:31"),
        (CLOSING, "2026-03-02T11:00", calendar_days(5), "2026-03-07T15:30"),
        (ROLLING, "2026-03-02T11:00", calendar_days(5), "2026-03-09T15:30"),
        (EAST, "2026-03-07T11:00", working(0), "2026-03-09T00:00"),
    ],
)
def test_a_period_ends_by_the_convention(
    calendar: Calendar, start: str, allowed: Duration, ends: str
) -> None:
    assert due(at(start), allowed, calendar) == at(ends)


def test_holidays_are_not_counted_and_weekends_are_the_countrys_own() -> None:
    holiday = with_(EAST, holidays=[date(2026, 3, 9), date(2026, 3, 4), date(2026, 3, 4)])
    assert due(at("2026-03-02T11:00"), working(5), holiday) == at("2026-03-11T11:00")
    friday = with_(EAST, weekend=[5])
    assert due(at("2026-03-02T11:00"), working(5), friday) == at("2026-03-08T11:00")


def test_the_same_instant_written_in_another_zone_has_the_same_due_instant() -> None:
    start = at("2026-03-02T01:00")
    assert due(start.astimezone(UTC), working(5), EAST) == due(start, working(5), EAST)
    assert due(start, working(5), EAST).isoformat() == "2026-03-09T01:00:00+03:00"


def test_an_instant_without_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        due(datetime(2026, 3, 2), working(5), EAST)  # noqa: DTZ001 - the thing under test


def test_a_moratorium_holds_every_clock() -> None:
    decree = Suspension(begins=at("2026-03-04T00:00"), ends=at("2026-03-11T00:00"), reason="decree")
    held = with_(EAST, suspensions=[decree])
    assert due(at("2026-03-02T11:00"), working(5), held) == at("2026-03-16T11:00")
    assert due(at("2026-03-02T11:00"), calendar_days(5), held) == at("2026-03-14T11:00")
    assert due(at("2026-01-31T11:00"), Duration(n=2, unit=Unit.MONTHS), held) == at(
        "2026-04-07T11:00"
    )


def test_a_moratorium_without_end_leaves_no_due_instant_beyond_it() -> None:
    held = with_(EAST, suspensions=[Suspension(begins=at("2026-03-04T00:00"), reason="decree")])
    assert due(at("2026-03-02T11:00"), working(1), held) == at("2026-03-03T11:00")
    with pytest.raises(StandsStill):
        due(at("2026-03-02T11:00"), working(5), held)


def test_an_outage_moves_what_falls_due_in_it_or_in_the_grace_after_it() -> None:
    out = Outage(begins=at("2026-03-09T08:00"), ends=at("2026-03-09T17:00"), reason="network")
    down = with_(EAST, outages=[out])
    assert due(at("2026-03-02T11:00"), working(5), down) == at("2026-03-10T17:00")
    assert due(at("2026-03-02T07:59"), working(5), down) == at("2026-03-09T07:59")
    assert due(at("2026-03-03T11:00"), working(5), down) == at("2026-03-10T17:00")
    assert due(at("2026-03-03T18:00"), working(5), down) == at("2026-03-10T18:00")


def test_grace_that_would_end_on_a_day_off_ends_when_work_begins() -> None:
    out = Outage(begins=at("2026-03-06T08:00"), ends=at("2026-03-06T20:00"), reason="network")
    down = with_(EAST, outages=[out], outage_grace={"n": 12, "unit": "hours"})
    assert due(at("2026-03-05T11:00"), working(1), down) == at("2026-03-09T00:00")
    assert due(at("2026-03-05T11:00"), calendar_days(1), down) == at("2026-03-07T08:00")


def test_a_clock_stopped_at_the_instant_it_is_due_is_due_when_it_runs_again() -> None:
    stop = Suspension(begins=at("2026-03-07T11:00"), ends=at("2026-03-10T09:00"), reason="x")
    assert due(at("2026-03-02T11:00"), calendar_days(5), EAST, [stop]) == at("2026-03-10T09:00")


def test_a_second_outage_soon_after_moves_it_again() -> None:
    first = Outage(begins=at("2026-03-09T08:00"), ends=at("2026-03-09T17:00"), reason="network")
    again = Outage(begins=at("2026-03-10T12:00"), ends=at("2026-03-10T18:00"), reason="power")
    down = with_(EAST, outages=[again, first])
    assert due(at("2026-03-02T11:00"), working(5), down) == at("2026-03-11T18:00")


def test_a_warning_comes_the_given_time_ahead_in_the_same_days() -> None:
    assert warn_at(at("2026-03-09T11:00"), working(1), EAST) == at("2026-03-06T11:00")
    assert warn_at(at("2026-03-09T11:00"), calendar_days(1), EAST) == at("2026-03-08T11:00")
    month = Duration(n=1, unit=Unit.MONTHS)
    assert warn_at(at("2026-03-31T11:00"), month, EAST) == at("2026-02-28T11:00")


def test_elapsed_and_remaining_leave_days_off_out() -> None:
    start, now = at("2026-03-06T12:00"), at("2026-03-09T06:00")
    assert elapsed(start, now, EAST, Unit.WORKING_DAYS) == timedelta(hours=18)
    assert elapsed(start, now, EAST, Unit.CALENDAR_DAYS) == timedelta(hours=66)
    assert remaining(start, working(2), now, EAST) == timedelta(hours=30)
    assert remaining(start, working(2), at("2026-03-20T06:00"), EAST) == timedelta(0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"weekend": [1, 2, 3, 4, 5, 6, 7]},
        {"weekend": [0]},
        {"ends_on_working_day": True},
        {"cut_off": "15:30:00+03:00"},
        {"holidays": ["31.12.2026"]},
        {"weekends": []},
    ],
)
def test_a_calendar_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Calendar.model_validate(wrong)


def test_absurd_lengths_are_refused() -> None:
    with pytest.raises(ValidationError):
        Duration(n=201, unit=Unit.YEARS)
    with pytest.raises(ValidationError):
        working(-1)


# --- what must hold of every calendar -------------------------------------------------------------

INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive by contract
LENGTHS = st.timedeltas(timedelta(0), timedelta(days=20))


@st.composite
def suspensions(draw: st.DrawFn) -> Suspension:
    begins = draw(INSTANTS)
    return Suspension(begins=begins, ends=begins + draw(LENGTHS), reason="moratorium")


@st.composite
def outages(draw: st.DrawFn) -> Outage:
    begins = draw(INSTANTS)
    return Outage(begins=begins, ends=begins + draw(LENGTHS), reason="network")


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    cut_off = draw(st.none() | st.times())
    return Calendar(
        utc_offset_minutes=draw(st.integers(-14 * 4, 14 * 4)) * 15,
        weekend=tuple(draw(st.sets(st.integers(1, 7), max_size=6))),
        holidays=tuple(draw(st.sets(st.dates(date(2026, 1, 1), date(2028, 12, 31)), max_size=20))),
        cut_off=cut_off,
        ends_on_working_day=cut_off is not None and draw(st.booleans()),
        suspensions=tuple(draw(st.lists(suspensions(), max_size=2))),
        outages=tuple(draw(st.lists(outages(), max_size=2))),
    )


EVEN = st.sampled_from([Unit.WORKING_DAYS, Unit.CALENDAR_DAYS, Unit.HOURS])


@given(calendars(), INSTANTS, INSTANTS, EVEN, st.integers(0, 60))
def test_who_starts_later_is_never_due_earlier(
    calendar: Calendar, one: datetime, other: datetime, unit: Unit, n: int
) -> None:
    first, second = sorted((one, other))
    allowed = Duration(n=n, unit=unit)
    assert due(first, allowed, calendar) <= due(second, allowed, calendar)


@given(calendars(), INSTANTS, st.sampled_from(Unit), st.integers(0, 60), st.integers(0, 60))
def test_more_time_is_never_due_earlier(
    calendar: Calendar, start: datetime, unit: Unit, one: int, other: int
) -> None:
    first, second = sorted((one, other))
    shorter, longer = Duration(n=first, unit=unit), Duration(n=second, unit=unit)
    assert start <= due(start, shorter, calendar) <= due(start, longer, calendar)


@given(calendars(), INSTANTS, st.integers(0, 60))
def test_working_days_never_end_on_a_day_off(calendar: Calendar, start: datetime, n: int) -> None:
    ends = due(start, working(n), calendar)
    assert calendar.works_on(ends.date())
    assert calendar.cut_off in (None, ends.time())


@given(calendars(), INSTANTS, INSTANTS, st.sampled_from(Unit), st.integers(0, 30))
def test_a_stop_resumed_at_once_changes_nothing(
    calendar: Calendar, start: datetime, moment: datetime, unit: Unit, n: int
) -> None:
    allowed, blink = Duration(n=n, unit=unit), Suspension(begins=moment, ends=moment, reason="x")
    assert due(start, allowed, calendar, [blink]) == due(start, allowed, calendar)


@given(calendars(), INSTANTS, suspensions(), EVEN, st.integers(0, 30))
def test_a_stop_and_an_outage_only_ever_extend(
    calendar: Calendar, start: datetime, stop: Suspension, unit: Unit, n: int
) -> None:
    allowed = Duration(n=n, unit=unit)
    plain = due(start, allowed, calendar)
    assert due(start, allowed, calendar, [stop]) >= plain
    assert stop.ends is not None
    outage = Outage(begins=stop.begins, ends=stop.ends, reason="network")
    down = with_(calendar, outages=[*calendar.outages, outage])
    moved = due(start, allowed, down)
    assert moved >= plain
    assert not outage.begins <= moved < outage.ends


@given(calendars(), INSTANTS, st.sampled_from(Unit), st.integers(0, 30))
def test_nothing_remains_exactly_when_it_is_due(
    calendar: Calendar, start: datetime, unit: Unit, n: int
) -> None:
    allowed = Duration(n=n, unit=unit)
    ends = due(start, allowed, calendar)
    assert remaining(start, allowed, ends, calendar) == timedelta(0)
    span = due(start, Duration(n=n, unit=Unit.WORKING_DAYS), with_(calendar, outages=[]))
    if calendar.cut_off is None:
        assert elapsed(start, span, calendar, Unit.WORKING_DAYS) == n * timedelta(days=1)


@given(calendars(), INSTANTS, LENGTHS)
def test_the_days_of_a_span_add_up_to_it(
    calendar: Calendar, start: datetime, length: timedelta
) -> None:
    shares = split_days(start, start + length, calendar)
    assert sum((share.time for share in shares), timedelta(0)) == length
    assert [share.day for share in shares] == sorted({share.day for share in shares})
    assert all(timedelta(0) < share.time <= timedelta(days=1) for share in shares)


@given(calendars())
def test_a_calendar_survives_being_engine_state(calendar: Calendar) -> None:
    assert Calendar.model_validate_json(calendar.model_dump_json()) == calendar
