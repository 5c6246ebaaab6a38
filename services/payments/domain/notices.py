"""What people are told of an invoice, as a fact's payload lists it."""

from datetime import datetime
from uuid import UUID

from contracts.command_args import SendNotice
from services.payments.domain.invoice import Invoice


def to_payer(
    invoice: Invoice, notice: UUID, kind: str, /, **params: str
) -> list[dict[str, object]]:
    """One notice to whoever the invoice was addressed to; none where nobody can be told."""
    if invoice.payer is None:
        return []
    told = SendNotice(
        notice=notice,
        kind=kind,
        to=invoice.payer,
        params={"code": invoice.application_code, **params},
        case=invoice.application_id,
    )
    return [told.model_dump(mode="json")]


def reminders(due_at: datetime, first: datetime | None, raised_at: datetime) -> list[datetime]:
    """When to remind: once, as far ahead as the rulebook warns, never before the raising."""
    return [first] if first is not None and raised_at < first < due_at else []
