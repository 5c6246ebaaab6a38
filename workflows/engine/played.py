"""A case played with a clock in the hand: the engine, modelled services, scripted people."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heappop, heappush
from uuid import UUID

from kernel import facts
from kernel.calendar import Calendar
from kernel.commands import Command, Operation
from kernel.law.plan import FeeBefore, GroundRule, Plan, StepKind
from kernel.term import GRACE
from workflows.engine.advance import advance
from workflows.engine.desk_model import Reckoning, Told
from workflows.engine.model import PlayedFact, Services
from workflows.engine.state import CaseState
from workflows.engine.timers import answered, next_wake

CASE_ID = UUID(int=1)


@dataclass(frozen=True, slots=True)
class Practice:
    """How an office, or who is to pay, behaves: answers `after` so long (None: never)."""

    after: timedelta | None
    outcome: str = "approved"


@dataclass(frozen=True, slots=True)
class Suspension:
    """All clocks stand from `begins` on, and run again at `ends`, which nobody knows before."""

    approved: datetime
    begins: datetime
    ends: datetime


PROMPT = Practice(timedelta(hours=4))


class Played:
    """One case and its clock. Nothing happens but by `until` and the people's acts.

    `missing` are the curable papers of the plan that it was lodged without; `suspension` is a
    moratorium that it lives through. `practice` says by step id who answers by himself and when;
    steps not named wait for `decide` or `pay`. `journal` holds the facts and `commands` what the
    engine asked for, both in order.
    """

    __slots__ = (
        "_agenda",
        "_count",
        "_suspension",
        "commands",
        "journal",
        "now",
        "plan",
        "practice",
        "services",
        "state",
    )

    def __init__(
        self,
        plan: Plan,
        lodged: datetime | str,
        reckoning: Reckoning | None = None,
        practice: Mapping[str, Practice] | None = None,
        refuse_grants: int = 0,
        application: UUID = CASE_ID,
        missing: tuple[str, ...] = (),
        suspension: Suspension | None = None,
    ) -> None:
        self.plan, self.now = plan, _instant(lodged)
        self.practice = practice or {}
        self.services = Services(plan, reckoning or Reckoning.by(Calendar()), refuse_grants)
        self.state = CaseState.new(plan, application)
        self.journal: list[PlayedFact] = []
        self.commands: list[Command] = []
        self._agenda: list[tuple[datetime, int, str, str]] = []
        self._count = 0
        self._suspension = suspension
        if suspension is not None:
            self._plan(suspension.approved, "suspend", "")
            self._plan(suspension.ends, "resume", "")
        papers = self.services.papers.lodged_without(missing, self.now)
        self.tell([(facts.LODGED, _lodgement(plan) | {"papers": papers}, self.now)])

    @property
    def open(self) -> set[str]:
        """The steps that are being worked on."""
        return set(self.state.open_steps)

    @property
    def asked(self) -> list[str]:
        """The keys of the commands without the application's id: `step:round:operation:n`."""
        return [command.key.partition(":")[2] for command in self.commands]

    def until(self, instant: datetime | str) -> "Played":
        """Let time pass; what is due up to and including `instant` happens at its own instant."""
        end = _instant(instant)
        while (nearest := self._nearest()) is not None and nearest <= end:
            self.now = max(self.now, nearest)
            self._happen(nearest)
        self.now = max(self.now, end)
        return self

    def to_the_end(self, within: timedelta = timedelta(days=3650)) -> "Played":
        """Let time pass until nothing is due any more."""
        last = self.now + within
        while (nearest := self._nearest()) is not None and nearest <= last:
            self.now = max(self.now, nearest)
            self._happen(nearest)
        return self

    def decide(self, step_id: str, outcome: str = "approved") -> None:
        self.tell(self.services.decide(step_id, outcome, self.now))

    def pay(self, step_id: str) -> None:
        self.tell(self.services.pay(step_id, self.now))

    def request(self, step_id: str, reply: timedelta) -> None:
        self.tell(self.services.request(step_id, reply, self.now))

    def give(self, step_id: str) -> None:
        self.tell(self.services.resume(step_id, facts.INFORMATION_GIVEN, self.now))

    def deliver(self, kind: str) -> None:
        self.tell(self.services.papers.deliver(kind, self.now))

    def stand_still(self, begins: datetime | str) -> None:
        """A moratorium without an end is approved."""
        if not self.services.closed:
            self.tell(self.services.stand_still(_instant(begins), self.now))

    def run_again(self) -> None:
        if self.services.closed:
            return
        told = list(self.services.run_again(self.now))
        for _, payload, _ in told:
            self._foresee_expiry(str(payload["step"]))
        self.tell(told)

    def withdraw(self) -> None:
        self.tell([(facts.APPLICATION_WITHDRAWN, {}, self.now)])

    def tell(self, told: Iterable[Told]) -> None:
        """Journal facts and carry out what the engine asks for, until nothing follows."""
        self._write(told)
        self.fold()

    def fold(self) -> None:
        """Hand the engine every fact it has not seen, and its commands to the services."""
        while self.state.last_seq < len(self.journal):
            fact = self.journal[self.state.last_seq]
            self.state, commands = advance(self.plan, self.state, fact, self.now)
            for command in commands:
                self.carry_out(command)

    def resurrect(self) -> None:
        """Lose the workflow, whatever it was at, and begin a new one from the journal alone."""
        self.state = CaseState.new(self.plan, self.state.application)
        self.fold()

    def carry_out(self, command: Command) -> None:
        """Ask a service; it journals its facts in the same act, the engine hears of them later."""
        self.commands.append(command)
        told, not_before = self.services.carry_out(command, self.now)
        self._write(told)
        self.state = answered(self.plan, self.state, command, not_before, self.now)
        if told and command.operation is Operation.OPEN_STEP:
            self._foresee(command.subject)

    def _write(self, told: Iterable[Told]) -> None:
        for name, payload, legal_at in told:
            seq = len(self.journal) + 1
            self.journal.append(PlayedFact(seq, name, self.now, legal_at, payload))

    def _foresee(self, step_id: str) -> None:
        practice = self.practice.get(step_id)
        fee = self._is_fee(step_id)
        if practice is not None and practice.after is not None:
            self._plan(self.now + practice.after, "pay" if fee else practice.outcome, step_id)
        self._foresee_expiry(step_id)

    def _foresee_expiry(self, step_id: str) -> None:
        if self._is_fee(step_id):
            self._plan(self.services.desks[step_id].due_at + GRACE, "expire", step_id)

    def _is_fee(self, step_id: str) -> bool:
        return self.plan.step(step_id).kind is StepKind.FEE

    def _plan(self, at: datetime, what: str, step_id: str) -> None:
        self._count += 1
        heappush(self._agenda, (at, self._count, what, step_id))

    def _nearest(self) -> datetime | None:
        wake = next_wake(self.state)
        if not self._agenda:
            return wake
        first = self._agenda[0][0]
        return first if wake is None or first < wake else wake

    def _happen(self, instant: datetime) -> None:
        if self._agenda and self._agenda[0][0] <= instant:
            _, _, what, step_id = heappop(self._agenda)
            self._act(what, step_id)
            return
        self.state, commands = advance(self.plan, self.state, None, self.now)
        for command in commands:
            self.carry_out(command)
        self.fold()

    def _act(self, what: str, step_id: str) -> None:
        if what == "pay":
            self.pay(step_id)
        elif what == "expire":
            if self.now >= self.services.desks[step_id].due_at + GRACE:
                self.tell(self.services.expire(step_id, self.now))
        elif what == "suspend" and self._suspension is not None:
            self.stand_still(self._suspension.begins)
        elif what == "resume":
            self.run_again()
        else:
            self.decide(step_id, what)


def _lodgement(plan: Plan) -> dict[str, object]:
    return {
        "code": "XA-0001",
        "filing_seq": 1,
        "type": plan.licence_type,
        "procedure": plan.procedure,
        "office": plan.steps[0].office if plan.steps else None,
        "conditional": plan.fee_before is FeeBefore.RECEIPT,
        "has_ground": plan.ground is GroundRule.EXCLUSIVE_AREA,
    }


def _instant(at: datetime | str) -> datetime:
    return at if isinstance(at, datetime) else datetime.fromisoformat(at)
