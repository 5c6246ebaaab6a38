"""What the engine asks of licensing: each command carried out at most once, by its key."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel
from temporalio import activity

from chassis.unit_of_work import UnitOfWork, Works
from chassis.worker import refusals_are_final
from contracts.procedures import Ack, LapseAnswer
from kernel.authority import Actor, clockwork
from kernel.commands import Command, Operation
from services.licensing.acts.begin_issuance import begin_issuance
from services.licensing.acts.close_case import close_case
from services.licensing.acts.lapse_paper import lapse_paper
from services.licensing.acts.lapse_request import lapse_request
from services.licensing.acts.lapse_step import lapse_step
from services.licensing.acts.open_step import open_step
from services.licensing.acts.warn_paper import warn_paper
from services.licensing.acts.warn_step import warn_step
from services.licensing.desk import Desk

A = TypeVar("A", bound=BaseModel)
CLOCKWORK: Actor = clockwork("licensing")


class TooEarly(Exception):
    """Carries the answer of an act that was called before its time, so that it is not kept."""

    def __init__(self, answer: LapseAnswer) -> None:
        super().__init__("too early")
        self.answer = answer


@dataclass(frozen=True, slots=True)
class CommandActivities:
    works: Works
    desk: Desk

    def _once(self, command: Command, act: Callable[[UnitOfWork, Desk, Command], A]) -> A:
        key = command.key
        return self.works.run_once(key, CLOCKWORK, lambda work: act(work, self.desk, command))

    def _lapse(
        self, command: Command, act: Callable[[UnitOfWork, Desk, Command], LapseAnswer]
    ) -> LapseAnswer:
        """A lapse that came too early is undone with its key: the same command comes again."""

        def in_time(work: UnitOfWork, desk: Desk, command: Command) -> LapseAnswer:
            answer = act(work, desk, command)
            if answer.not_before is not None:
                raise TooEarly(answer)
            return answer

        try:
            return self._once(command, in_time)
        except TooEarly as early:
            return early.answer

    @activity.defn(name=Operation.OPEN_STEP.value)
    @refusals_are_final
    def open_step(self, command: Command) -> Ack:
        return self._once(command, open_step)

    @activity.defn(name=Operation.WARN_STEP.value)
    @refusals_are_final
    def warn_step(self, command: Command) -> Ack:
        return self._once(command, warn_step)

    @activity.defn(name=Operation.LAPSE_STEP.value)
    @refusals_are_final
    def lapse_step(self, command: Command) -> LapseAnswer:
        return self._lapse(command, lapse_step)

    @activity.defn(name=Operation.LAPSE_REQUEST.value)
    @refusals_are_final
    def lapse_request(self, command: Command) -> LapseAnswer:
        return self._lapse(command, lapse_request)

    @activity.defn(name=Operation.WARN_PAPER.value)
    @refusals_are_final
    def warn_paper(self, command: Command) -> Ack:
        return self._once(command, warn_paper)

    @activity.defn(name=Operation.LAPSE_PAPER.value)
    @refusals_are_final
    def lapse_paper(self, command: Command) -> LapseAnswer:
        return self._lapse(command, lapse_paper)

    @activity.defn(name=Operation.BEGIN_ISSUANCE.value)
    @refusals_are_final
    def begin_issuance(self, command: Command) -> Ack:
        return self._once(command, begin_issuance)

    @activity.defn(name=Operation.CLOSE_CASE.value)
    @refusals_are_final
    def close_case(self, command: Command) -> Ack:
        return self._once(command, close_case)

    def all(self) -> list[Callable[..., Any]]:
        """What the worker registers."""
        return [
            self.open_step,
            self.warn_step,
            self.lapse_step,
            self.lapse_request,
            self.warn_paper,
            self.lapse_paper,
            self.begin_issuance,
            self.close_case,
        ]
