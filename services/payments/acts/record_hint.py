"""Record a hint: a callback came, true or forged; what it says is believed by nobody."""

from dataclasses import dataclass
from datetime import UTC
from typing import Final
from uuid import UUID

from chassis.database import around
from chassis.unit_of_work import UnitOfWork
from contracts.payments.callback import Callback
from contracts.payments.language import Verdict
from kernel.ids import as_uuid
from services.payments.domain.payment import HINTS_AT_ONCE
from services.payments.domain.share import Hint
from services.payments.store.payments import Payments

KEPT: Final = HINTS_AT_ONCE  # different callbacks of one payment


@dataclass(frozen=True, slots=True)
class Noted:
    """`ask`: the payment that the provider is to be asked about at once, if any."""

    verdict: Verdict
    ask: UUID | None = None


def record_hint(work: UnitOfWork, provider: str, told: Callback, body_hash: bytes) -> Noted:
    """Note the callback once, counting its repeats, and plan a look at its payment.

    What speaks of nothing that was begun here is only counted, as is what comes after so many
    different ones of one payment: a stranger's bodies fill no table. The look that is planned
    stays until the provider has answered a question that was put after this callback.
    """
    payments = Payments(work.session)
    found = payments.find(provider, as_uuid(told.correlation or ""), told.reference)
    if found is None:
        count(work, provider, Verdict.UNKNOWN)
        return Noted(Verdict.UNKNOWN)
    payment = payments.take(found.id)
    at_once = payment.take_hint(around(work.session).clock.real_now())
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
    if payments.note_hint(hint, KEPT) is None:
        count(work, provider, Verdict.NOTED)
    return Noted(Verdict.NOTED, payment.id if at_once else None)


def count(work: UnitOfWork, provider: str, verdict: Verdict) -> None:
    """Keep nothing of it but that it came."""
    Payments(work.session).tally(provider, work.now.astimezone(UTC).date(), verdict)
