"""Curable papers in the model of the services: awaited, warned of, handed in, overdue."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from kernel import facts
from kernel.commands import Command
from kernel.law.plan import Overdue, PaperPlan, Plan
from kernel.term import GRACE

if TYPE_CHECKING:
    from workflows.engine.desk_model import Reckoning, Told

LAST_PLACE = 1000


@dataclass(slots=True)
class Papers:
    """The papers that a lodgement lacks. `due_at` is None once time has had its consequence."""

    plan: Plan
    reckoning: "Reckoning"
    due_at: dict[str, datetime | None] = field(default_factory=dict)

    def lodged_without(self, kinds: tuple[str, ...], at: datetime) -> list[dict[str, object]]:
        """What the fact of the lodgement says of the papers of these kinds."""
        return [self._told(self._law(kind), at) for kind in kinds]

    def _law(self, kind: str) -> PaperPlan:
        return next(one for one in self.plan.papers if one.kind == kind)

    def _told(self, law: PaperPlan, at: datetime) -> dict[str, object]:
        if law.within is None:
            raise ValueError("a curable paper has its time")
        due_at = self.due_at[law.kind] = self.reckoning.due(at, law.within)
        warns = law.warn_before and self.reckoning.warn(due_at, law.warn_before)
        return {
            "paper": law.kind,
            "due_at": due_at.isoformat(),
            "warn_at": warns.isoformat() if warns else None,
            "lapses": law.overdue is not Overdue.WAIT,
        }

    def too_early(self, command: Command, now: datetime) -> datetime | None:
        due_at = self.due_at.get(command.subject)
        if due_at is None or due_at.isoformat() != command.args["due_at"]:
            return None
        return due_at + GRACE if now < due_at + GRACE else None

    def warn(self, command: Command, now: datetime) -> Iterator["Told"]:
        due_at = self.due_at.get(command.subject)
        if due_at is not None and due_at.isoformat() == command.args["due_at"]:
            yield facts.PAPER_WARNED, {"paper": command.subject}, now

    def lapse(self, command: Command, _: datetime) -> Iterator["Told"]:
        """Compare and set, as for steps."""
        due_at = self.due_at.get(command.subject)
        if due_at is None or due_at.isoformat() != command.args["due_at"]:
            return
        effect = self._law(command.subject).overdue or Overdue.WAIT
        told: dict[str, object] = {"paper": command.subject, "effect": effect.value}
        if effect is Overdue.LOSE_PLACE:
            told["filing_seq"] = LAST_PLACE
        self.due_at[command.subject] = None
        yield facts.PAPER_LAPSED, told, due_at

    def deliver(self, kind: str, now: datetime) -> Iterator["Told"]:
        """The applicant hands it in; nothing when it is not awaited."""
        if kind in self.due_at:
            del self.due_at[kind]
            yield facts.PAPER_RECEIVED, {"paper": kind, "complete": not self.due_at}, now

    def refusal(self, command: Command, now: datetime) -> "Told":
        """What licensing journals when it is to issue without them."""
        told: dict[str, object] = {
            "key": command.key,
            "operation": command.operation.value,
            "subject": command.subject,
            "round": command.round,
            "problem": "papers-outstanding",
        }
        return facts.COMMAND_REFUSED, told, now
