"""The activity that issues the unconditional receipt once a conditional place was paid for."""

from collections.abc import Callable
from dataclasses import dataclass

from temporalio import activity

from chassis.unit_of_work import Works
from chassis.worker import refusals_are_final
from contracts.procedures import Ack
from kernel.authority import clockwork
from kernel.commands import Command, Operation
from services.licensing.acts.confirm_receipt import confirm_receipt
from services.licensing.desk import Desk


@dataclass(frozen=True)
class Confirming:
    works: Works
    desk: Desk

    @activity.defn(name=Operation.CONFIRM_RECEIPT.value)
    @refusals_are_final
    def confirm_receipt(self, command: Command) -> Ack:
        """At most once for the command's key."""
        return self.works.run_once(
            command.key,
            clockwork("licensing"),
            lambda work: confirm_receipt(work, self.desk, command.application_id),
            Ack,
        )

    def all(self) -> list[Callable[..., object]]:
        return [self.confirm_receipt]
