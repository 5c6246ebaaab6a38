"""One turn of the engine: the new state in the making and the commands it asks for."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol
from uuid import UUID

from kernel.commands import Command, Operation
from kernel.law.plan import Plan, StepPlan
from workflows.engine.state import KEPT_NOTES, CaseState, PaperState, StepState

CASE = "case"  # the subject of commands that concern no single step

Payload = Mapping[str, object]


class Fact(Protocol):
    """What the engine reads of a journal event (`kernel.events.Event` is one)."""

    @property
    def seq(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def legal_at(self) -> datetime: ...
    @property
    def payload(self) -> Payload: ...
    @property
    def trace(self) -> str | None: ...


class Turn:
    """Copy-on-write: `state` is the turn's own, and a step becomes so when it is asked for."""

    __slots__ = ("_mine", "_papers", "commands", "plan", "state", "trace")

    def __init__(self, plan: Plan, state: CaseState, trace: str | None = None) -> None:
        self.plan, self.state, self.trace = plan, state.copy(), trace
        self.commands: list[Command] = []
        self._mine: list[str] = []
        self._papers: list[str] = []

    def step(self, step_id: str) -> StepState:
        """The step, to be changed. KeyError if the plan has none of that id."""
        step = self.state.steps[step_id]
        if step_id not in self._mine:
            self._mine.append(step_id)
            step = self.state.steps[step_id] = step.copy()
        return step

    def paper(self, kind: str) -> PaperState | None:
        """The paper, to be changed; None where it is not awaited."""
        paper = self.state.papers.get(kind)
        if paper is not None and kind not in self._papers:
            self._papers.append(kind)
            paper = self.state.papers[kind] = paper.copy()
        return paper

    def law(self, step_id: str) -> StepPlan:
        return self.plan.step(step_id)

    def note(self, text: str) -> None:
        """Keep a line for operators; the oldest lines go first."""
        self.state.notes = (*self.state.notes[1 - KEPT_NOTES :], text)

    def ask(
        self,
        operation: Operation,
        subject: str,
        round: int,
        at: datetime,
        args: dict[str, object],
        n: str | None = None,
    ) -> None:
        """Ask for `operation`; `n` is its ordinal within subject and round unless it is given."""
        if n is None:
            counted = f"{subject}:{round}:{operation.value}"
            ordinal = self.state.ordinals.get(counted, 0) + 1
            self.state.ordinals[counted] = ordinal
            n = str(ordinal)
        self.commands.append(
            Command(
                key=command_key(self.state.application, subject, round, operation.value, n),
                application_id=self.state.application,
                operation=operation,
                subject=subject,
                round=round,
                edition=self.plan.edition,
                args=args,
                at=at,
                trace=self.trace,
            )
        )


def command_key(application: UUID, subject: str, round: int, operation: str, n: str) -> str:
    """The name under which a service carries a command out at most once."""
    return f"{application}:{subject}:{round}:{operation}:{n}"


def instant(payload: Payload, member: str) -> datetime | None:
    """An RFC 3339 instant of the payload; None when it is not there or not one."""
    value = payload.get(member)
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        return None
    try:
        read = datetime.fromisoformat(value)
    except ValueError:
        return None
    return read if read.tzinfo is not None else None


def text(payload: Payload, member: str) -> str | None:
    value = payload.get(member)
    return value if isinstance(value, str) else None


def number(payload: Payload, member: str) -> int | None:
    value = payload.get(member)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
