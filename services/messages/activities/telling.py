"""What workflows ask messages for: notices taken, facts read, appointments copied."""

from collections.abc import Callable
from dataclasses import dataclass

from temporalio import activity

from chassis.appointments import copy_appointment
from chassis.journal import events_between
from chassis.unit_of_work import Works
from chassis.worker import refusals_are_final
from contracts import procedures as p
from kernel.authority import clockwork
from kernel.commands import Command, Operation
from services.messages.acts.take_notice import take_notice
from services.messages.desk import Desk

BY = clockwork("messages")


@dataclass(frozen=True, slots=True)
class Telling:
    """Messages' activities; each act of them is carried out once for its key.

    `taken` is called after a notice was written down.
    """

    works: Works
    desk: Desk
    taken: Callable[[], None]

    @activity.defn(name=Operation.SEND_NOTICE.value)
    @refusals_are_final
    def send_notice(self, command: Command) -> p.Ack:
        ack = self.works.run_once(
            command.key, BY, lambda work: take_notice(work, self.desk, command), p.Ack
        )
        self.taken()
        return ack

    @activity.defn(name=p.EVENTS_BETWEEN)
    @refusals_are_final
    def events_between(self, wanted: p.EventRange) -> p.EventList:
        with self.works.open(BY) as work:
            found = events_between(work.session, wanted.case, wanted.after, wanted.upto)
        return p.EventList(events=found)

    @activity.defn(name=p.COPY_APPOINTMENT)
    @refusals_are_final
    def copy_appointment(self, told: p.AppointmentCopy) -> p.Ack:
        return self.works.run_once(told.key, BY, lambda work: copy_appointment(work, told), p.Ack)

    def all(self) -> tuple[Callable[..., object], ...]:
        """What the worker registers."""
        return (self.send_notice, self.events_between, self.copy_appointment)
