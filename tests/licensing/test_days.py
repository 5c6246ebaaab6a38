"""The day ledger: every moment belongs to exactly one party, and the parts add up."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from licensing_office import OfficeOfTests
from played_case import ALL, move_clock, play

from kernel.calendar import Calendar, Outage
from services.licensing.domain.day_ledger import Holding, day_rows, stretches

BEGAN = datetime(2026, 3, 2, 8, tzinfo=UTC)
LEAD = "office:mines-north"
PARTIES = ("applicant", "office:mines-north", "office:lands-registry", "office:council-riverside")
CALENDAR = Calendar(utc_offset_minutes=180)
seconds = st.integers(min_value=0, max_value=40 * 86_400)


@st.composite
def holdings(draw: st.DrawFn) -> Holding:
    opened = draw(seconds)
    begins = opened + draw(st.integers(0, 86_400))
    ends = draw(st.none() | st.integers(begins, begins + 20 * 86_400))
    settles = None if ends is None else draw(st.none() | st.integers(ends, ends + 86_400))
    return Holding(
        draw(st.sampled_from(PARTIES)),
        draw(st.sampled_from(("screening", "decision", "lands-check"))),
        BEGAN + timedelta(seconds=begins),
        None if ends is None else BEGAN + timedelta(seconds=ends),
        BEGAN + timedelta(seconds=opened),
        None if settles is None else BEGAN + timedelta(seconds=settles),
    )


@st.composite
def outages(draw: st.DrawFn) -> Outage:
    begins = draw(seconds)
    ends = begins + draw(st.integers(0, 3 * 86_400))
    at = BEGAN + timedelta(seconds=begins), BEGAN + timedelta(seconds=ends)
    return Outage(begins=at[0], ends=at[1], reason="link")


@settings(deadline=None)
@given(st.lists(holdings(), max_size=8), st.lists(outages(), max_size=2), seconds)
def test_every_moment_belongs_to_one_party_and_the_parts_add_up(
    held: list[Holding], broken: list[Outage], until: int
) -> None:
    end = BEGAN + timedelta(seconds=until)
    found = stretches(BEGAN, end, held, broken, LEAD)
    assert sum((one.ends - one.begins for one in found), timedelta()) == end - BEGAN
    assert all(a.ends == b.begins for a, b in pairwise(found))
    assert all(a.ends > a.begins for a in found)
    rows = day_rows(found, CALENDAR)
    assert sum(row.microseconds for row in rows) == (end - BEGAN) // timedelta(microseconds=1)
    by_day: dict[object, int] = {}
    for row in rows:
        by_day[row.day] = by_day.get(row.day, 0) + row.microseconds
    assert all(0 < spent <= 86_400_000_000 for spent in by_day.values())
    inner = sorted(by_day)[1:-1]
    assert all(by_day[day] == 86_400_000_000 for day in inner)


def held(party: str, step: str, begins: int, ends: int | None) -> Holding:
    end = None if ends is None else BEGAN + timedelta(days=ends)
    begun = BEGAN + timedelta(days=begins)
    return Holding(party, step, begun, end, begun, end)


def test_where_steps_run_side_by_side_the_time_belongs_to_the_one_that_ended_last() -> None:
    side = [held("office:lands", "lands", 0, 3), held("office:environment", "environment", 0, 9)]
    found = stretches(BEGAN, BEGAN + timedelta(days=9), side, [], LEAD)
    assert [(one.party, (one.ends - one.begins).days) for one in found] == [
        ("office:environment", 9)
    ]


def test_between_steps_the_time_belongs_to_the_office_that_leads() -> None:
    found = stretches(BEGAN, BEGAN + timedelta(days=2), [held("applicant", "fee", 0, 1)], [], LEAD)
    assert [one.party for one in found] == ["applicant", LEAD]


def test_an_outage_is_nobodys_fault() -> None:
    outage = Outage(begins=BEGAN + timedelta(days=1), ends=BEGAN + timedelta(days=2), reason="link")
    found = stretches(
        BEGAN, BEGAN + timedelta(days=3), [held(LEAD, "screening", 0, None)], [outage], LEAD
    )
    assert [one.party for one in found] == [LEAD, "outage", LEAD]


def test_the_ledger_of_a_case_adds_up_in_the_database_and_over_http(
    office: OfficeOfTests,
) -> None:
    case = play(office).decided_up_to("screening")
    move_clock(office, office.now() + timedelta(days=3))
    case.approve("screening")
    case.go_on()
    move_clock(office, office.now() + timedelta(days=4))
    case.decided_up_to()
    case.issue()
    case.go_on()
    who = case.officer("decision")
    told = office.get(who, f"/applications/{case.code}/days").json()
    assert told["closed"] is True
    whole = datetime.fromisoformat(told["until"]) - datetime.fromisoformat(told["began"])
    parts = sum(one["seconds"] for one in told["stretches"])
    assert abs(parts - whole.total_seconds()) < 0.001
    assert abs(sum(one["seconds"] for one in told["days"]) - whole.total_seconds()) < 0.001
    assert abs(sum(one["seconds"] for one in told["parties"]) - whole.total_seconds()) < 0.001
    stored = office.sql(
        "select sum(microseconds), count(distinct day) from day_share where application_id = %s",
        case.id,
    )[0]
    assert stored[0] == whole // timedelta(microseconds=1)
    days = office.sql(
        "select count(*), count(distinct day) from audit_v1.clock_days where application_id = %s",
        case.id,
    )[0]
    assert days == (stored[1], stored[1])
    assert sum(one["days"] for one in told["parties"]) == stored[1]


def test_a_stopped_clock_is_the_applicants_time(office: OfficeOfTests) -> None:
    case = play(office).decided_up_to("screening")
    asked = {"reason": "other", "question": "Why?", "reply_days": 10}
    case.post(case.officer("screening"), "screening", "request", asked)
    move_clock(office, office.now() + timedelta(days=5))
    who = case.officer("screening", *ALL)
    told = office.get(who, f"/applications/{case.code}/days").json()
    spent = {one["party"]: one["seconds"] for one in told["parties"]}
    assert spent["applicant"] > 4.9 * 86_400
    assert told["statutory_seconds"] < 86_400 < told["experienced_seconds"]
