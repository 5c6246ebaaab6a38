"""What workflows ask of payments: invoices raised, retimed, reminded of, ended and read."""

from dataclasses import dataclass

from temporalio import activity

from chassis.appointments import copy_appointment
from chassis.journal import events_between
from chassis.worker import refusals_are_final
from contracts import procedures as p
from kernel.authority import clockwork
from kernel.commands import Command, Operation
from kernel.events import CaseRef
from services.payments.acts.expire_invoice import expire_invoice, payments_to_ask_about
from services.payments.acts.raise_invoice import raise_invoice
from services.payments.acts.remind_invoice import remind_invoice
from services.payments.acts.retime_invoice import retime_invoice
from services.payments.acts.void_invoice import void_invoice
from services.payments.store.invoices import Invoices
from services.payments.teller import Teller

BY = clockwork("payments")


@dataclass(frozen=True, slots=True)
class Invoicing:
    """Payments' activities; each act of them is carried out once for its key."""

    teller: Teller

    @activity.defn(name=Operation.RAISE_INVOICE.value)
    @refusals_are_final
    def raise_invoice(self, command: Command) -> p.Ack:
        desk = self.teller.desk
        return self.teller.works.run_once(
            command.key, BY, lambda work: raise_invoice(work, desk, command), p.Ack
        )

    @activity.defn(name=Operation.VOID_INVOICE.value)
    @refusals_are_final
    def void_invoice(self, command: Command) -> p.Ack:
        return self.teller.works.run_once(
            command.key, BY, lambda work: void_invoice(work, command), p.Ack
        )

    @activity.defn(name=Operation.RETIME_INVOICE.value)
    @refusals_are_final
    def retime_invoice(self, command: Command) -> p.Ack:
        desk = self.teller.desk
        return self.teller.works.run_once(
            command.key, BY, lambda work: retime_invoice(work, desk, command), p.Ack
        )

    @activity.defn(name=p.REMIND_INVOICE)
    @refusals_are_final
    def remind_invoice(self, asked: p.Keyed) -> p.Ack:
        desk = self.teller.desk
        return self.teller.works.run_once(
            asked.key, BY, lambda work: remind_invoice(work, desk, asked), p.Ack
        )

    @activity.defn(name=p.EXPIRE_INVOICE)
    @refusals_are_final
    def expire_invoice(self, asked: p.ExpireInvoice) -> p.LapseAnswer:
        """Ask the provider about every payment begun in time, then compare and set.

        It is not keyed: "not yet" is no answer to keep, and a repeat finds the invoice ended.
        """
        works = self.teller.works
        waiting = works.run(BY, lambda work: payments_to_ask_about(work, asked))
        away = [payment for payment in waiting if not self.teller.ask(payment)]
        return works.run(
            BY, lambda work: expire_invoice(work, asked, waiting, provider_away=bool(away))
        )

    @activity.defn(name=p.LOAD_INVOICE)
    @refusals_are_final
    def load_invoice(self, case: CaseRef) -> p.LoadedInvoice:
        with self.teller.works.open(BY) as work:
            invoice = Invoices(work.session).get(case.subject)
        return p.LoadedInvoice(
            invoice=invoice.id,
            application_id=invoice.application_id,
            edition=invoice.edition_ref(),
            due_at=invoice.due_at,
            remind_at=invoice.remind_at,
            stands_still=invoice.stands_still,
            open=invoice.open,
        )

    @activity.defn(name=p.EVENTS_BETWEEN)
    @refusals_are_final
    def events_between(self, wanted: p.EventRange) -> p.EventList:
        with self.teller.works.open(BY) as work:
            found = events_between(work.session, wanted.case, wanted.after, wanted.upto)
        return p.EventList(events=found)

    @activity.defn(name=p.COPY_APPOINTMENT)
    @refusals_are_final
    def copy_appointment(self, told: p.AppointmentCopy) -> p.Ack:
        return self.teller.works.run_once(
            told.key, BY, lambda work: copy_appointment(work, told), p.Ack
        )
