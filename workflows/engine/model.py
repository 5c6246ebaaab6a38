"""A model of the services: answers the engine's commands with facts, in memory."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid5

from kernel import facts
from kernel.commands import Command, Operation
from kernel.law.plan import Plan, SilenceRule, StepKind, StepPlan
from kernel.term import GRACE
from workflows.engine.desk_model import Desk, Moratorium, Reckoning, Told
from workflows.engine.paper_model import Papers
from workflows.engine.turn import Payload

LAPSES: Final = (Operation.LAPSE_STEP, Operation.LAPSE_PAPER)
EFFECTS: Final = {SilenceRule.ESCALATE: "escalated", SilenceRule.EXTEND: "extended"}


@dataclass(slots=True)
class PlayedFact:
    """A journal event of a played case; with the members the engine reads, and no others."""

    seq: int
    name: str
    at: datetime
    legal_at: datetime
    payload: Payload
    trace: str | None = None


@dataclass(slots=True)
class Services:
    """What licensing, cadastre, payments and messages know of the case. One instance per case.

    `refuse_grants` so many grants are refused before one succeeds.
    """

    plan: Plan
    reckoning: Reckoning
    refuse_grants: int = 0
    desks: dict[str, Desk] = field(default_factory=dict)
    paid: dict[str, bool] = field(default_factory=dict)
    carried_out: dict[str, None] = field(default_factory=dict)
    closed: bool = False
    moratorium: Moratorium = field(default_factory=Moratorium)
    papers: Papers = field(init=False)

    def __post_init__(self) -> None:
        self.papers = Papers(self.plan, self.reckoning)

    def carry_out(self, command: Command, now: datetime) -> tuple[list[Told], datetime | None]:
        """The facts that follow (none for a repeat), and `not_before` when asked too early."""
        if command.operation in LAPSES and (wait := self._too_early(command, now)):
            return [], wait
        if command.key in self.carried_out:
            return [], None
        self.carried_out[command.key] = None
        return list(ANSWERS[command.operation](self, command, now)), None

    def _too_early(self, command: Command, now: datetime) -> datetime | None:
        if command.operation is Operation.LAPSE_PAPER:
            return self.papers.too_early(command, now)
        desk = self.desks.get(command.subject)
        if desk is None or desk.due_at.isoformat() != command.args["due_at"]:
            return None
        return desk.due_at + GRACE if now < desk.due_at + GRACE else None

    def open_step(self, command: Command, _: datetime) -> Iterator[Told]:
        law = self.plan.step(command.subject)
        due_at = self.reckoning.due(command.at, law.allowed)
        warns = self._warns(law, due_at)
        desk = Desk(command.round, law.office, due_at, warns, law.silence.rule, since=command.at)
        self.desks[law.id] = desk
        payload: dict[str, object] = {
            "step": law.id,
            "round": command.round,
            "agency": law.agency,
            "office": law.office,
        }
        yield facts.STEP_OPENED, payload | self.moratorium.timed(desk), command.at

    def _warns(self, law: StepPlan, due_at: datetime) -> datetime | None:
        return None if law.warn_before is None else self.reckoning.warn(due_at, law.warn_before)

    def warn_step(self, command: Command, now: datetime) -> Iterator[Told]:
        desk = self.desks[command.subject]
        if desk.open and desk.due_at.isoformat() == command.args["due_at"]:
            yield facts.STEP_WARNED, {"step": command.subject, "round": desk.round}, now

    def lapse_step(self, command: Command, _: datetime) -> Iterator[Told]:
        """Compare and set: another due instant, an answer, a stopped clock, and nothing changes."""
        desk = self.desks[command.subject]
        if not desk.open or desk.stopped_at or desk.due_at.isoformat() != command.args["due_at"]:
            return
        was, rule = desk.due_at, desk.rule
        payload: dict[str, object] = {
            "step": command.subject,
            "round": desk.round,
            "due_at": was.isoformat(),
            "rule": rule.value,
            "effect": EFFECTS.get(rule, rule.value),
        }
        if rule in EFFECTS:
            payload |= self._moved_on(command.subject, desk)
        else:
            desk.open = False
        yield facts.STEP_LAPSED, payload, was

    def _moved_on(self, step_id: str, desk: Desk) -> dict[str, object]:
        law = self.plan.step(step_id)
        silence = law.silence
        desk.office = silence.to_office or desk.office
        desk.since = desk.due_at
        desk.due_at = self.reckoning.due(desk.due_at, silence.extension or law.allowed)
        desk.warn_at = self._warns(law, desk.due_at)
        desk.rule = silence.then or desk.rule
        return {"office": desk.office, **self.moratorium.timed(desk, "new_")}

    def decide(self, step_id: str, outcome: str, now: datetime) -> Iterator[Told]:
        """An office answers; nothing when the step is not open any more."""
        desk = self.desks.get(step_id)
        if desk is not None and desk.open and not self.closed:
            desk.open = False
            payload: dict[str, object] = {
                "step": step_id,
                "round": desk.round,
                "outcome": outcome,
                "late": now > desk.due_at,
            }
            yield facts.STEP_DECIDED, payload, now

    def request(self, step_id: str, reply: timedelta, now: datetime) -> Iterator[Told]:
        """An office asks for information: its clock stands."""
        desk = self.desks[step_id]
        desk.stopped_at, desk.requests = now, desk.requests + 1
        payload: dict[str, object] = {
            "step": step_id,
            "round": desk.round,
            "request": f"{step_id}-{desk.requests}",
            "reason": "incomplete",
            "reply_due_at": (now + reply).isoformat(),
        }
        yield facts.INFORMATION_REQUESTED, payload, now

    def resume(self, step_id: str, name: str, now: datetime) -> Iterator[Told]:
        """A reply came, or its time ran out: the clock runs on."""
        desk = self.desks[step_id]
        if desk.stopped_at is None:
            return
        stood = now - desk.stopped_at
        desk.stopped_at, desk.due_at = None, desk.due_at + stood
        desk.warn_at, desk.since = desk.warn_at and desk.warn_at + stood, now
        payload: dict[str, object] = {
            "step": step_id,
            "round": desk.round,
            "request": f"{step_id}-{desk.requests}",
            "effect": "resumed",
        }
        yield name, payload | self.moratorium.timed(desk), now

    def lapse_request(self, command: Command, now: datetime) -> Iterator[Told]:
        yield from self.resume(command.subject, facts.INFORMATION_LAPSED, now)

    def stand_still(self, begins: datetime, now: datetime) -> Iterator[Told]:
        """A moratorium without an end is approved."""
        return self.moratorium.stand_still(self.desks, begins, now)

    def run_again(self, now: datetime) -> Iterator[Told]:
        """The moratorium ends."""
        return self.moratorium.run_again(self.desks, now)

    def confirm_receipt(self, _: Command, now: datetime) -> Iterator[Told]:
        yield facts.RECEIPT_CONFIRMED, {}, now

    def begin_issuance(self, command: Command, now: datetime) -> Iterator[Told]:
        """The issuance saga in one go: granted, issued, confirmed, certified; or returned."""
        if self.papers.due_at:
            del self.carried_out[command.key]
            yield self.papers.refusal(command, now)
            return
        issuance: dict[str, object] = {
            "issuance": str(uuid5(command.application_id, f"issuance-{command.round}")),
            "round": command.round,
        }
        yield facts.ISSUANCE_REQUESTED, issuance, now
        if self.refuse_grants > 0:
            self.refuse_grants -= 1
            last = [law.id for law in self.plan.steps if law.kind is StepKind.DECISION][-1]
            back: dict[str, object] = {
                "problem": "areas-overlap",
                "step": last,
                "round_of_step": command.round + 1,
            }
            yield facts.ISSUANCE_RETURNED, issuance | back, now
            return
        yield facts.LICENCE_ISSUED, {**issuance, "licence_code": "XP-0001"}, now
        yield facts.AREA_CONFIRMED, {}, now
        yield facts.CERTIFICATE_MADE, {}, now

    def close_case(self, command: Command, now: datetime) -> Iterator[Told]:
        self.closed = True
        yield facts.CASE_CLOSED, dict(command.args), now

    def enter_area(self, _: Command, now: datetime) -> Iterator[Told]:
        yield facts.AREA_ENTERED, {"hectares": "6.4", "junior_to": 0}, now

    def release_area(self, _: Command, now: datetime) -> Iterator[Told]:
        yield facts.AREA_RELEASED, {}, now

    def raise_invoice(self, command: Command, now: datetime) -> Iterator[Told]:
        self.paid[command.subject] = False
        named = str(uuid5(command.application_id, command.subject))
        yield facts.INVOICE_RAISED, {"invoice": named, **self._invoice(command.subject)}, now

    def void_invoice(self, command: Command, now: datetime) -> Iterator[Told]:
        if self.paid.pop(command.subject, None) is False:
            yield facts.INVOICE_VOIDED, self._invoice(command.subject), now

    def retime_invoice(self, command: Command, now: datetime) -> Iterator[Told]:
        if self.paid.get(command.subject) is False:
            due_at = {"due_at": command.args["due_at"]}
            yield facts.INVOICE_RETIMED, self._invoice(command.subject) | due_at, now

    def pay(self, step_id: str, now: datetime) -> Iterator[Told]:
        if self.paid.get(step_id) is False:
            self.paid[step_id] = True
            self.desks[step_id].open = False
            yield facts.INVOICE_PAID, self._invoice(step_id), now

    def expire(self, step_id: str, _: datetime) -> Iterator[Told]:
        """The invoice's own workflow finds it unpaid after its due instant."""
        if self.paid.get(step_id) is False and not self.stands(step_id):
            del self.paid[step_id]
            yield facts.INVOICE_EXPIRED, self._invoice(step_id), self.desks[step_id].due_at

    def stands(self, step_id: str) -> bool:
        """Whether nobody knows when the step's time runs out."""
        return self.moratorium.timed(self.desks[step_id])["due_at"] is None

    def _invoice(self, step_id: str) -> dict[str, object]:
        round = self.desks[step_id].round
        return {"step": step_id, "round": round}

    def send_notice(self, command: Command, now: datetime) -> Iterator[Told]:
        yield facts.NOTICE_SENT, {"notice": command.args.get("notice")}, now


ANSWERS: Final[Mapping[Operation, Callable[[Services, Command, datetime], Iterator[Told]]]] = {
    Operation.OPEN_STEP: Services.open_step,
    Operation.WARN_STEP: Services.warn_step,
    Operation.LAPSE_STEP: Services.lapse_step,
    Operation.LAPSE_REQUEST: Services.lapse_request,
    Operation.WARN_PAPER: lambda services, command, now: services.papers.warn(command, now),
    Operation.LAPSE_PAPER: lambda services, command, now: services.papers.lapse(command, now),
    Operation.CONFIRM_RECEIPT: Services.confirm_receipt,
    Operation.BEGIN_ISSUANCE: Services.begin_issuance,
    Operation.CLOSE_CASE: Services.close_case,
    Operation.ENTER_AREA: Services.enter_area,
    Operation.RELEASE_AREA: Services.release_area,
    Operation.RAISE_INVOICE: Services.raise_invoice,
    Operation.RETIME_INVOICE: Services.retime_invoice,
    Operation.VOID_INVOICE: Services.void_invoice,
    Operation.SEND_NOTICE: Services.send_notice,
}
