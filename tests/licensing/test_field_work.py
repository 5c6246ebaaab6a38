"""Work in the field: what is recorded before a step is answered, and on which days it may lie."""

from datetime import date, datetime, timedelta
from typing import Any

from licensing_office import OfficeOfTests
from played_case import PlayedCase, move_clock, worked

from kernel.calendar import Calendar

APPROVED = {"outcome": "approved"}


def slug(answer: Any) -> str:
    return str(answer.json()["type"]).rsplit(":", 1)[-1]


def test_no_approval_before_visit_and_notice_to_occupants(office: OfficeOfTests) -> None:
    case = worked(office)
    who = case.officer("site-visit")
    today = office.today().isoformat()
    assert slug(case.post(who, "site-visit", "decision", APPROVED)) == "visit-needed"
    visit = {"visited_on": today, "findings": "fourteen people at three pits", "people": 14}
    assert case.post(who, "site-visit", "visit", visit).status_code == 200
    assert slug(case.post(who, "site-visit", "decision", APPROVED)) == "occupants-not-told"
    told = {"told_on": today, "how": "read out at the pits", "people": 14, "languages": ["sw"]}
    assert case.post(who, "site-visit", "occupants-notice", told).status_code == 200
    assert case.post(who, "site-visit", "decision", APPROVED).status_code == 200
    assert "findings" not in str(case.fact("step.visited")[4])
    assert case.fact("occupants.notified")[4]["people"] == 14


def test_a_visit_of_tomorrow_is_not_recorded(office: OfficeOfTests) -> None:
    case = worked(office)
    done = visited(case, office.today() + timedelta(days=1))
    assert (done.status_code, slug(done)) == (409, "not-yet")
    assert case.facts().count("step.visited") == 0


def visited(case: PlayedCase, day: date) -> Any:
    visit = {"visited_on": day.isoformat(), "findings": "seen", "people": 0}
    return case.post(case.officer("site-visit"), "site-visit", "visit", visit)


def occupants_told(case: PlayedCase, day: date) -> Any:
    told = {"told_on": day.isoformat(), "how": "read out", "people": 0, "languages": ["sw"]}
    return case.post(case.officer("site-visit"), "site-visit", "occupants-notice", told)


def test_work_in_the_field_is_not_dated_back_before_the_application_was_lodged(
    office: OfficeOfTests,
) -> None:
    case = worked(office)
    lodged_on = lodged_at_the_office(office, case).date()
    for record in (visited, occupants_told):
        for back in (timedelta(days=1), timedelta(days=3 * 365)):
            done = record(case, lodged_on - back)
            assert (done.status_code, slug(done)) == (409, "before-lodgement")
            assert done.json()["lodged_on"] == lodged_on.isoformat()
        assert record(case, lodged_on).status_code == 200
    assert case.facts().count("step.visited") == case.facts().count("occupants.notified") == 1


def test_the_day_of_a_visit_is_the_offices_own_and_not_that_of_greenwich(
    office: OfficeOfTests,
) -> None:
    case = worked(office)
    evening = lodged_at_the_office(office, case).replace(hour=21, minute=30)  # 18:30 UTC
    after_midnight = evening + timedelta(days=1, hours=3)  # still the evening in UTC
    move_clock(office, after_midnight)
    assert office.now().date() < after_midnight.date() == office.today()
    assert visited(case, after_midnight.date()).status_code == 200
    lodged = "update application set lodged_at = %s where id = %s"
    office.sql(lodged, after_midnight, case.id)
    done = visited(case, office.now().date())
    assert (done.status_code, slug(done)) == (409, "before-lodgement")


def lodged_at_the_office(office: OfficeOfTests, case: PlayedCase) -> datetime:
    """When the case was lodged, on the wall clock of its office."""
    found = office.sql("select lodged_at from application where id = %s", case.id)[0][0]
    calendar: Calendar = office.desk.law.calendar(office.desk.law.country.newest, "mines-north")
    return calendar.local(found)
