"""Appointments and the calendar: what one officer proposes and another approves."""

from typing import Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from chassis.idempotency import AtOnce
from chassis.pages import AtPage, NotAPage, after_instant
from chassis.problem_json import answers
from chassis.unit_of_work import ReadWork
from chassis.who import STAFF, StepUpNeeded, asks
from contracts.licensing import wire_appointments as wire
from kernel.authority import Power, SecondPersonNeeded
from kernel.law.editions import NoSuchLaw
from kernel.problems import NotAllowed, NotFound, TryLater
from services.licensing.acts.approve_appointment import approve_appointment
from services.licensing.acts.approve_calendar_entry import approve_calendar_entry
from services.licensing.acts.end_appointment import end_appointment
from services.licensing.acts.propose_appointment import propose_appointment
from services.licensing.acts.propose_calendar_entry import propose_calendar_entry
from services.licensing.domain import appointment as rules
from services.licensing.domain.account import AccountOutOfReach
from services.licensing.domain.calendar_entry import CalendarChangeSettled, ChangeNotComplete
from services.licensing.domain.second_factor import SecondFactorMissing
from services.licensing.routes.at_desk import AtDesk
from services.licensing.routes.at_factor import AtFactor
from services.licensing.store.appointments import Appointments
from services.licensing.store.calendars import Calendars

router = APIRouter(tags=["appointments"])
APPOINTING: Final = (Power.PROPOSE_APPOINTMENT, Power.APPROVE_APPOINTMENT)
CALENDAR: Final = (Power.PROPOSE_CALENDAR, Power.APPROVE_CALENDAR)


@router.post(
    "/appointments",
    dependencies=[Depends(asks(STAFF, Power.PROPOSE_APPOINTMENT))],
    status_code=201,
    response_model=wire.AppointmentView,
    responses=answers(
        NotAllowed, SecondPersonNeeded, rules.AppointmentDates, rules.BeyondTheAgency, NoSuchLaw
    ),
)
def propose(new: wire.NewAppointment, once: AtOnce, desk: AtDesk) -> Response:
    """Propose an officer for an office of one's own."""
    return once(lambda: propose_appointment(once.work, desk, new), wire.AppointmentView, status=201)


@router.post(
    "/appointments/{appointment}/approval",
    dependencies=[Depends(asks(STAFF, Power.APPROVE_APPOINTMENT, step_up=True))],
    response_model=wire.AppointmentView,
    responses=answers(
        NotFound, NotAllowed, SecondPersonNeeded, StepUpNeeded, rules.NotProposed,
        rules.BeyondTheAgency, SecondFactorMissing, AccountOutOfReach, TryLater,
    ),
)
def approve(appointment: UUID, seen: AtFactor, once: AtOnce, desk: AtDesk) -> Response:
    """Approve as a second person: neither who proposed it nor who is appointed.

    Powers that are used with a second factor go to officers only who have enrolled one; Keycloak is
    asked for it.
    """
    return once(
        lambda: approve_appointment(once.work, desk, appointment, seen), wire.AppointmentView
    )


@router.post(
    "/appointments/{appointment}/end",
    dependencies=[Depends(asks(STAFF, Power.PROPOSE_APPOINTMENT, step_up=True))],
    response_model=wire.AppointmentView,
    responses=answers(NotFound, NotAllowed, StepUpNeeded, rules.NotLive),
)
def end(appointment: UUID, once: AtOnce) -> Response:
    """End it at once: taking powers away needs one person, giving them two."""
    return once(lambda: end_appointment(once.work, appointment), wire.AppointmentView)


@router.get(
    "/appointments",
    dependencies=[Depends(asks(STAFF, *APPOINTING, Power.AUDIT))],
    response_model=wire.AppointmentList,
    responses=answers(NotAllowed, NotAPage),
)
def listed(work: ReadWork, page: AtPage, office: str | None = Query(None, max_length=48)) -> object:
    """Appointments of the offices one administers, the newest first."""
    actor, now = work.actor, work.now
    own = None
    if not actor.holds(Power.AUDIT, None, now):
        own = sorted(
            {
                a.office
                for a in actor.appointments
                if any(actor.holds(power, a.office, now) for power in APPOINTING)
            }
        )
    if office is not None:
        if own is not None and office not in own:
            raise NotAllowed("You do not administer this office", office=office)
        own = [office]
    found = Appointments(work.session).at_offices(own, after_instant(page), page.limit + 1)
    keys = [(one.proposed_at.isoformat(), str(one.id)) for one in found]
    shown = [wire.AppointmentView.model_validate(one) for one in found[: page.limit]]
    return wire.AppointmentList(appointments=shown, next=page.following(keys))


@router.post(
    "/calendar",
    dependencies=[Depends(asks(STAFF, Power.PROPOSE_CALENDAR))],
    status_code=201,
    response_model=wire.CalendarEntryView,
    responses=answers(NotAllowed, ChangeNotComplete, NoSuchLaw),
)
def propose_change(new: wire.NewCalendarEntry, once: AtOnce, desk: AtDesk) -> Response:
    """Propose a holiday, a moratorium or an outage."""
    return once(
        lambda: propose_calendar_entry(once.work, desk, new), wire.CalendarEntryView, status=201
    )


@router.post(
    "/calendar/{entry}/approval",
    dependencies=[Depends(asks(STAFF, Power.APPROVE_CALENDAR, step_up=True))],
    response_model=wire.CalendarApproved,
    responses=answers(
        NotFound, NotAllowed, SecondPersonNeeded, StepUpNeeded, CalendarChangeSettled
    ),
)
def approve_change(entry: UUID, once: AtOnce, desk: AtDesk) -> Response:
    """Put it in force as a second person; open steps are retimed."""

    def act() -> dict[str, object]:
        change, retimed = approve_calendar_entry(once.work, desk, entry)
        return {"entry": wire.CalendarEntryView.model_validate(change), "retimed": retimed}

    return once(act, wire.CalendarApproved)


@router.get(
    "/calendar",
    dependencies=[Depends(asks(STAFF, *CALENDAR, Power.READ_CASES, Power.AUDIT))],
    response_model=wire.CalendarEntries,
)
def changes(work: ReadWork) -> object:
    """Every change of the calendar, proposed and approved."""
    found = Calendars(work.session).all()
    return wire.CalendarEntries(
        entries=[wire.CalendarEntryView.model_validate(one) for one in found]
    )
