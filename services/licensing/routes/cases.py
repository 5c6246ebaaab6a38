"""Reading cases: their steps and answers, their history, whom they waited for, and the inbox."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from chassis.pages import AtPage, NotAPage, PageWanted, instant
from chassis.problem_json import answers
from chassis.unit_of_work import ReadWork, UnitOfWork
from chassis.who import ANYBODY_SIGNED_IN, STAFF, asks
from contracts.instants import Instant
from contracts.licensing import wire_steps as wire
from contracts.licensing.language import StepStatus
from contracts.licensing.wire_days import DayLedgerView
from kernel.authority import Power
from kernel.problems import NotAllowed, NotFound
from services.licensing.casework import Casework, read_case
from services.licensing.domain.access import SEEING
from services.licensing.domain.shown_days import show_days
from services.licensing.domain.shown_steps import show_decision, show_paper, show_step
from services.licensing.routes.applications import seen_by
from services.licensing.routes.at_desk import AtDesk
from services.licensing.store.history import history
from services.licensing.store.inbox import Wanted, inbox, key_of

router = APIRouter(tags=["cases"])
EVERYWHERE: Final = (Power.AUDIT, Power.READ_STATISTICS)


def seen_case(work: UnitOfWork, desk: AtDesk, ref: str) -> Casework:
    """The case, when the one who asks may see it."""
    return read_case(work, desk, seen_by(work, ref).id)


@router.get(
    "/applications/{ref}/steps",
    dependencies=[Depends(asks(ANYBODY_SIGNED_IN))],
    response_model=wire.StepsView,
    responses=answers(NotFound, NotAllowed),
)
def steps(ref: str, work: ReadWork, desk: AtDesk) -> object:
    """Every round of every step, what was answered, asked and typed in."""
    case = seen_case(work, desk, ref)
    opened = case.steps.of_case(case.id)
    there = {step.step for step in opened}
    return wire.StepsView(
        application=case.id,
        code=case.application.code or "",
        status=case.application.status,
        steps=[show_step(step, case.law(step.step), case.edition) for step in opened],
        waiting=[law.id for law in case.plan.steps if law.id not in there],
        decisions=[show_decision(d, work.actor) for d in case.steps.decisions(case.id)],
        requests=[wire.RequestView.model_validate(r) for r in case.steps.requests(case.id)],
        papers=[show_paper(p, work.actor) for p in case.steps.all_papers(case.id)],
        as_of=work.now,
    )


@router.get(
    "/applications/{ref}/history",
    dependencies=[Depends(asks(ANYBODY_SIGNED_IN))],
    response_model=wire.History,
    responses=answers(NotFound, NotAllowed),
)
def told(
    ref: str,
    work: ReadWork,
    after: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> object:
    """What happened, fact by fact, as it stands in the journal and in the log."""
    application = seen_by(work, ref)
    entries = history(work.session, application.id, after, limit)
    return wire.History(
        application=application.id,
        code=application.code or "",
        entries=entries,
        next=entries[-1].seq if len(entries) == limit else None,
    )


@router.get(
    "/applications/{ref}/days",
    dependencies=[Depends(asks(ANYBODY_SIGNED_IN))],
    response_model=DayLedgerView,
    responses=answers(NotFound, NotAllowed),
)
def days(ref: str, work: ReadWork, desk: AtDesk) -> object:
    """Whom the case waited for until now, or until it ended; the parts add up to the whole."""
    case = seen_case(work, desk, ref)
    return show_days(
        case.application,
        case.steps.of_case(case.id),
        case.calendar(case.application.office),
        work.now,
    )


@router.get(
    "/inbox",
    dependencies=[Depends(asks(STAFF, *SEEING, Power.AUDIT, Power.READ_STATISTICS))],
    response_model=wire.Inbox,
    responses=answers(NotAllowed, NotAPage),
)
def waiting(
    work: ReadWork,
    page: AtPage,
    office: Annotated[str | None, Query(max_length=48)] = None,
    agency: Annotated[str | None, Query(max_length=48)] = None,
    state: StepStatus | None = None,
    due: Annotated[Instant | None, Query(description="only what is due before")] = None,
) -> object:
    """Steps that await an answer at one's own offices, the most urgent first."""
    wanted = Wanted(
        offices=offices_for(work, office),
        agency=agency,
        status=state,
        due_before=due,
        after=place_of(page),
        limit=page.limit + 1,
    )
    lines = inbox(work.session, wanted, work.now)
    return wire.Inbox(
        lines=lines[: page.limit],
        next=page.following([key_of(line) for line in lines]),
        as_of=work.now,
    )


def offices_for(work: UnitOfWork, office: str | None) -> list[str] | None:
    """The offices whose steps the asker may see, or the one asked for. Raises NotAllowed."""
    actor, now = work.actor, work.now
    if any(actor.holds(power, None, now) for power in EVERYWHERE):
        return None if office is None else [office]
    own = sorted(
        {
            one.office
            for one in actor.appointments
            if any(actor.holds(power, one.office, now) for power in SEEING)
        }
    )
    if office is None:
        return own
    if office not in own:
        raise NotAllowed("These are the files of another office", office=office)
    return [office]


def place_of(page: PageWanted) -> tuple[str, str, str] | None:
    """The place in the inbox's order. Raises NotAPage."""
    found = page.place(due_instant, UUID, str)
    return None if found is None else (str(found[0]), str(found[1]), str(found[2]))


def due_instant(spelled: str) -> str:
    """An instant, or the end of what never falls due. Raises ValueError and TypeError."""
    if spelled != "infinity":
        instant(spelled)
    return spelled
