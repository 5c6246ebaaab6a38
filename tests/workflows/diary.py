"""A played case that keeps a diary: what was asked for when, and when the engine wakes next."""

from datetime import datetime

from kernel.commands import Command
from kernel.law.plan import Plan
from workflows.engine.advance import next_wake
from workflows.engine.played import Played, Practice

START = "2026-03-02T11:00:00+00:00"  # a Monday


class Diary(Played):
    """Each line: an instant, then either `subject:round:operation:n` or `wakes` and an instant."""

    def __init__(
        self,
        plan: Plan,
        lodged: str = START,
        practice: dict[str, Practice] | None = None,
        refuse_grants: int = 0,
        missing: tuple[str, ...] = (),
    ) -> None:
        self.lines: list[str] = []
        self._wakes: datetime | None = None
        super().__init__(
            plan, lodged, practice=practice, refuse_grants=refuse_grants, missing=missing
        )

    def carry_out(self, command: Command) -> None:
        key = command.key.partition(":")[2]
        effect = "" if command.at == self.now else f" at {spell(command.at)}"
        self.lines.append(f"{spell(self.now)} {key}{effect}")
        super().carry_out(command)

    def fold(self) -> None:
        super().fold()
        wakes = next_wake(self.state)
        if wakes != self._wakes:
            self._wakes = wakes
            self.lines.append(f"{spell(self.now)} wakes {spell(wakes)}")

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def spell(at: datetime | None) -> str:
    return "never" if at is None else f"{at:%m-%d %H:%M:%S}"
