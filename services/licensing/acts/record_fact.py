"""Record a fact of another service in the case's one journal, in that service's own order."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from chassis import journal
from chassis.unit_of_work import UnitOfWork
from contracts.licensing.language import Outcome, StepStatus
from contracts.procedures import FactRecorded
from kernel import facts
from kernel.events import Event
from kernel.law.plan import SilenceRule
from services.licensing.casework import Casework, take_case
from services.licensing.desk import Desk
from services.licensing.domain.notices import Notice, to_applicant
from services.licensing.domain.step import Step
from services.licensing.store.foreign import ForeignFacts

AREA: Final = {
    facts.AREA_ENTERED: "entered",
    facts.AREA_GRANTED: "granted",
    facts.AREA_CONFIRMED: "confirmed",
    facts.AREA_WITHDRAWN: "entered",
    facts.AREA_RELEASED: "released",
}


def record_fact(work: UnitOfWork, desk: Desk, told: Event) -> FactRecorded:
    """Journal `told` and bring this service's own picture up to date with it.

    A repeat gets the journal event it got first. Where earlier facts of that source are missing
    nothing is written, and the answer says after which number they are wanted.
    """
    case = take_case(work, desk, told.case)
    known = ForeignFacts(work.session)
    source, last = told.source.value, known.last(case.id, told.source.value)
    if told.seq <= last:
        return FactRecorded(event=_found(work, case.id, known.seq(case.id, source, told.seq)))
    if told.seq > last + 1:
        return FactRecorded(missing_after=last)
    notices = _notices(case, told)
    event = case.record(
        told.name,
        {**told.payload, "source": source, "source_seq": told.seq},
        notices,
        legal_at=told.legal_at,
        leaf=False,
    )
    known.note(case.id, source, told.seq, event.seq)
    change = PICTURED.get(told.name)
    if change is not None:
        change(case, told, event)
    return FactRecorded(event=event)


def _found(work: UnitOfWork, case: UUID, seq: int) -> Event:
    return journal.events_between(work.session, case, after=seq - 1, upto=seq)[0]


def _notices(case: Casework, told: Event) -> list[Notice]:
    """Only licensing knows whom to tell of what the cadastre reports."""
    if "notices" in told.payload:
        return []
    payload = {name: str(value) for name, value in told.payload.items()}
    hectares = payload.get("hectares", "")
    if told.name == facts.AREA_FREED:
        return to_applicant(case.application, "area-freed", hectares=hectares)
    if told.name != facts.AREA_DISPLACED:
        return []
    by, count = payload.get("by_seq", ""), payload.get("count", "1")
    if count == "1":
        return to_applicant(case.application, "area-displaced", seq=by, hectares=hectares)
    many = {"count": count, "seq": by, "hectares": hectares}
    return to_applicant(case.application, "area-displaced-many", **many)


def _area(case: Casework, told: Event, _: Event) -> None:
    entered = told.name == facts.AREA_ENTERED
    hectares = told.payload.get("hectares") if entered else None
    junior_to = told.payload.get("junior_to") if entered else None
    ForeignFacts(case.work.session).area(
        case.id,
        AREA[told.name],
        told.legal_at,
        Decimal(str(hectares)) if hectares is not None else None,
        junior_to if isinstance(junior_to, int) else None,
    )


def _fee_step(case: Casework, told: Event) -> Step | None:
    step, round = told.payload.get("step"), told.payload.get("round")
    if not isinstance(step, str) or not isinstance(round, int):
        return None
    return case.steps.find(case.id, step, round)


def _raised(case: Casework, told: Event, _: Event) -> None:
    step = _fee_step(case, told)
    if step is not None:
        step.invoice = UUID(str(told.payload.get("invoice")))
        step.changed()


def _paid(case: Casework, told: Event, event: Event) -> None:
    _settle(case, told, event, (StepStatus.DECIDED, Outcome.APPROVED), told.legal_at)


def _expired(case: Casework, told: Event, event: Event) -> None:
    step = _fee_step(case, told)
    if step is not None and step.pending:
        step.silence_stage += 1
    _settle(case, told, event, (StepStatus.LAPSED, Outcome.UNPAID), told.legal_at)


def _settle(
    case: Casework, told: Event, event: Event, end: tuple[StepStatus, Outcome], at: datetime
) -> None:
    step = _fee_step(case, told)
    if step is None or not step.pending:
        return
    if step.silence is SilenceRule.VOID and end[1] is Outcome.UNPAID:
        case.application.pay_by = None
    step.end(*end, at)
    step.changed()
    case.keep_days(event.at)


PICTURED: Final[dict[str, Callable[[Casework, Event, Event], None]]] = {
    **dict.fromkeys(AREA, _area),
    facts.INVOICE_RAISED: _raised,
    facts.INVOICE_PAID: _paid,
    facts.INVOICE_EXPIRED: _expired,
}
