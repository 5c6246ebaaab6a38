"""Raise an invoice: the fee of a step is priced by the case's law and asked for."""

from contextlib import suppress
from datetime import datetime

from chassis.unit_of_work import UnitOfWork
from contracts.command_args import RaiseInvoice
from contracts.payments.language import InvoiceStatus
from contracts.procedures import Ack, Tell
from kernel.calendar import Duration, warn_at
from kernel.codes import PublicCode
from kernel.commands import Command
from kernel.facts import INVOICE_PAID, INVOICE_RAISED
from kernel.law.compile import OfficeUnknown, as_facts, office_for
from kernel.law.editions import Edition
from kernel.law.quote import fee_lines, split, split_mode
from kernel.log.leaf import instant
from services.payments.desk import Desk
from services.payments.domain import ledger
from services.payments.domain.invoice import Invoice, ShareOwed
from services.payments.domain.notices import reminders, to_payer
from services.payments.domain.priced import owed_line
from services.payments.store.invoices import INVOICES, Invoices, next_number
from services.payments.store.ledger import write

PREFIX = "INV"


def raise_invoice(work: UnitOfWork, desk: Desk, command: Command) -> Ack:
    """Raise it once for a step's round; a second command finds it raised and changes nothing.

    What is due and who will receive it is computed here and stays: a later edition of the law
    changes no invoice.
    """
    asked = RaiseInvoice.model_validate(command.args)
    invoices = Invoices(work.session)
    if invoices.of_step(command.application_id, asked.step, asked.round) is not None:
        return Ack()
    invoice = priced(work, desk, command, asked)
    work.session.add(invoice)
    if invoice.minor:
        entry = ledger.invoice_raised(invoice.id, invoice.money)
        write(work.session, work.new_id(), entry, work.now)
    event = work.record(
        invoice.application_id,
        INVOICE_RAISED,
        raised_payload(work, desk, invoice),
        tell=[Tell.application(invoice.application_id), Tell.invoice(invoice.id)],
        edition=command.edition,
    )
    if not invoice.minor:
        settle_nothing(work, invoice)
    return Ack(seq=event.seq)


def settle_nothing(work: UnitOfWork, invoice: Invoice) -> None:
    """An invoice of nothing is paid as it is raised: no money moves and no receipt is given."""
    invoice.end(InvoiceStatus.PAID, work.now)
    work.record(
        invoice.application_id,
        INVOICE_PAID,
        {
            "invoice": str(invoice.id),
            "code": invoice.code,
            "step": invoice.step,
            "round": invoice.round,
            "receipt": None,
            "minor": 0,
            "currency": invoice.currency,
            "paid_at": instant(work.now),
            "notices": [],
        },
        tell=[Tell.application(invoice.application_id), Tell.invoice(invoice.id)],
        edition=invoice.edition_ref(),
    )


def priced(work: UnitOfWork, desk: Desk, command: Command, asked: RaiseInvoice) -> Invoice:
    """The invoice as the law of the case prices it. Raises NoSuchLaw, OfficeUnknown."""
    edition = desk.edition_of(command.edition)
    fee = edition.fee(asked.fee)
    lines, minor = fee_lines(edition, fee.id, asked.facts)
    number = next_number(work.session, INVOICES)
    first = reminds_first(desk, edition, asked, asked.due_at)
    return Invoice(
        id=work.new_id(),
        number=number,
        code=str(PublicCode(PREFIX, desk.today(work.now).year, number)),
        application_id=command.application_id,
        application_code=asked.application_code,
        step=asked.step,
        round=asked.round,
        fee=fee.id,
        title=fee.title,
        article=fee.article,
        licence_type=asked.licence_type,
        lines=[owed_line(line) for line in lines],
        shares=shares(edition, fee.id, minor, asked.facts),
        mode=split_mode(edition, fee.id),
        minor=minor,
        currency=edition.rules.country.currency.code,
        due_at=asked.due_at,
        remind_at=reminders(asked.due_at, first, work.now),
        payer=asked.payer,
        raised_at=work.now,
        edition=command.edition.model_dump(),
        offices=offices(edition, asked.facts),
    )


def offices(edition: Edition, facts: dict[str, object]) -> dict[str, str]:
    """Each agency's office for the case; agencies of which nothing says which are left out."""
    known, found = as_facts(facts), {}
    for agency in edition.rules.agencies:
        with suppress(OfficeUnknown):
            found[agency.id] = office_for(edition, agency.id, known)
    return found


def shares(edition: Edition, fee: str, minor: int, facts: dict[str, object]) -> list[ShareOwed]:
    """Who will receive how much, with the account it is paid into."""
    parts = split(edition, fee, minor, facts)
    into = [edition.beneficiary(one.beneficiary).pays_into for one in edition.fee(fee).split.shares]
    return [
        ShareOwed(
            beneficiary=part.beneficiary,
            title=part.title,
            basis_points=part.basis_points,
            minor=part.minor,
            pays_into=account,
        )
        for part, account in zip(parts, into, strict=True)
    ]


def reminds_first(
    desk: Desk, edition: Edition, of: RaiseInvoice | Invoice, due_at: datetime
) -> datetime | None:
    """When the law has the payer of what is due at `due_at` reminded; None where it does not."""
    before = warning(edition, of)
    return None if before is None else warn_at(due_at, before, desk.calendar(edition))


def warning(edition: Edition, of: RaiseInvoice | Invoice) -> Duration | None:
    """How long before its due instant the law has the fee's step warned of."""
    for procedure in edition.licence_type(of.licence_type).procedures.values():
        for step in procedure.steps:
            if step.id == of.step and step.fee == of.fee:
                return step.warn_before
    return None


def raised_payload(work: UnitOfWork, desk: Desk, invoice: Invoice) -> dict[str, object]:
    told = to_payer(
        invoice,
        work.new_id(),
        "invoice-raised",
        amount=desk.spell(invoice.money),
        until=desk.minute(invoice.due_at),
        invoice=invoice.code,
    )
    return {
        "invoice": str(invoice.id),
        "code": invoice.code,
        "step": invoice.step,
        "round": invoice.round,
        "fee": invoice.fee,
        "minor": invoice.minor,
        "currency": invoice.currency,
        "due_at": instant(invoice.due_at),
        "notices": told,
    }
