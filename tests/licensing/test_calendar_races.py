"""A change of the calendar beside acts that reckon times: whichever waits, no old time is kept."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from licensing_office import OfficeOfTests
from played_case import PlayedCase, play

from kernel.authority import Actor, Appointment, Power, Realm, clockwork
from kernel.calendar import due
from kernel.commands import Command, Operation
from kernel.events import ActorKind
from services.licensing.acts.approve_calendar_entry import approve_calendar_entry
from services.licensing.acts.open_step import open_step

KEEPERS = (Power.PROPOSE_CALENDAR, Power.APPROVE_CALENDAR)
WAITING = (
    "select count(*) from pg_locks l join pg_stat_activity a using (pid)"
    " where not l.granted and l.locktype = 'advisory' and a.datname = current_database()"
)


def begun(office: OfficeOfTests, act: Callable[[], Any]) -> Callable[[], None]:
    """Begin `act` beside this thread and come back when it waits; what is given lets it end."""
    failed: list[Exception] = []

    def carry_out() -> None:
        try:
            act()
        except Exception as no:
            failed.append(no)

    running = threading.Thread(target=carry_out)
    running.start()
    while running.is_alive() and not office.sql(WAITING)[0][0]:
        pass
    assert running.is_alive(), f"it did not wait: {failed}"

    def end() -> None:
        running.join()
        assert failed == []

    return end


def proposed(office: OfficeOfTests, day: datetime) -> UUID:
    who = office.officer("mines-north", *KEEPERS)
    entry = {"kind": "holiday", "reason": "Funeral of state", "day": day.date().isoformat()}
    return UUID(office.post(who, "/calendar", entry).json()["id"])


def screened(office: OfficeOfTests) -> PlayedCase:
    """A case whose next steps nobody has opened yet."""
    case = play(office).decided_up_to("screening")
    case.approve("screening")
    return case


def opening(case: PlayedCase) -> Command:
    """The command to ask the environment office, as the engine gives it after screening."""
    return Command(
        key=f"{case.id}:environment-opinion:1:open_step:1",
        application_id=case.id,
        operation=Operation.OPEN_STEP,
        subject="environment-opinion",
        round=1,
        edition=case.plan.edition,
        args={
            "step": "environment-opinion",
            "round": 1,
            "opens_at": case.office.now().isoformat(),
        },
        at=case.office.now(),
    )


def keeper(office: OfficeOfTests) -> Actor:
    return Actor(
        kind=ActorKind.OFFICER,
        person="staff:second",
        realm=Realm.STAFF,
        offices=frozenset({"/agencies/mines/mines-north"}),
        appointments=(
            Appointment(
                "staff:second",
                "mines",
                "mines-north",
                frozenset(KEEPERS),
                office.now() - timedelta(days=9),
            ),
        ),
    )


def last_day_allowed(case: PlayedCase) -> datetime:
    """The day on which the environment office's time would end if its step opened now."""
    step, law = case.plan.step("environment-opinion"), case.office.desk.law
    calendar = law.calendar(law.country.newest, step.office)
    return calendar.local(due(case.office.now(), step.allowed, calendar))


def test_a_step_that_is_being_opened_is_retimed_by_the_approval_that_waits_for_it(
    office: OfficeOfTests,
) -> None:
    case = screened(office)
    day = last_day_allowed(case)
    entry, second = proposed(office, day), office.officer("mines-north", *KEEPERS)
    with office.works.open(clockwork("licensing")) as work:
        open_step(work, office.desk, opening(case))
        approve = begun(office, lambda: office.post(second, f"/calendar/{entry}/approval"))
    approve()
    assert case.fact("step.retimed")[4]["step"] == "environment-opinion"
    assert case.step("environment-opinion")["due_at"].date() > day.date()


def test_a_step_opened_beside_an_approval_waits_for_it_and_has_its_new_time(
    office: OfficeOfTests,
) -> None:
    case = screened(office)
    day = last_day_allowed(case)
    entry = proposed(office, day)
    with office.works.open(keeper(office)) as work:
        approve_calendar_entry(work, office.desk, entry)
        opened = begun(office, lambda: case.commands.open_step(opening(case)))
    opened()
    assert case.step("environment-opinion")["due_at"].date() > day.date()
