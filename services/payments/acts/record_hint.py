"""Record a hint: a callback came, true or forged; what it says is believed by nobody."""

from dataclasses import dataclass
from datetime import UTC
from typing import Final
from uuid import UUID

from chassis.unit_of_work import UnitOfWork
from contracts.payments.callback import Callback
from contracts.payments.language import PaymentStatus, Verdict
from kernel.ids import as_uuid
from services.payments.domain.payment import Payment
from services.payments.domain.share import Hint
from services.payments.store.payments import Payments

KEPT: Final = 20  # different callbacks of one payment; an honest provider sends one or two


@dataclass(frozen=True, slots=True)
class Noted:
    """`ask`: the payment that the provider is to be asked about, if any."""

    verdict: Verdict
    ask: UUID | None = None


def record_hint(work: UnitOfWork, provider: str, told: Callback, body_hash: bytes) -> Noted:
    """Note the callback once, counting its repeats.

    What speaks of nothing that was begun here is only counted, as is what comes after so many
    different ones of one payment: a stranger's bodies fill no table. Nothing is to be asked then,
    nor where it repeats what is settled already.
    """
    payments = Payments(work.session)
    payment = payments.find(provider, as_uuid(told.correlation or ""), told.reference)
    if payment is None:
        return count(work, provider, Verdict.UNKNOWN)
    hint = Hint(
        id=work.new_id(),
        provider=provider,
        reference=told.reference,
        payment_id=payment.id,
        claimed=told.status,
        claimed_amount=told.amount,
        body_hash=body_hash,
        received_at=work.now,
        verdict=Verdict.NOTED,
    )
    times = payments.note_hint(hint, KEPT)
    if times is None:
        return count(work, provider, Verdict.NOTED)
    return Noted(Verdict.NOTED, payment.id if is_news(payment, times) else None)


def count(work: UnitOfWork, provider: str, verdict: Verdict) -> Noted:
    """Keep nothing of it but that it came."""
    Payments(work.session).tally(provider, work.now.astimezone(UTC).date(), verdict)
    return Noted(verdict)


def is_news(payment: Payment, times: int) -> bool:
    """Whether the provider may have to say something new."""
    if payment.status is PaymentStatus.COMPLETED:
        return times == 1
    return payment.status is not PaymentStatus.REVERSED
