"""Record a payout: what the provider itself says of a batch and of its lines."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from chassis.database import around
from chassis.unit_of_work import UnitOfWork
from contracts.payments.language import BatchStatus, PaymentStatus, ShareStatus
from services.payments.desk import Desk
from services.payments.domain import ledger
from services.payments.domain.payment import Answer
from services.payments.domain.share import Batch, Share
from services.payments.store.ledger import write
from services.payments.store.shares import Shares

SETTLED: Final = "share.settled"
FAILED: Final = "share.failed"
OVER: Final = (ShareStatus.SETTLED, ShareStatus.FAILED)


def record_sent(work: UnitOfWork, batch_id: UUID) -> None:
    """The provider has taken the batch; it is asked about its lines from now on."""
    batch = Shares(work.session).take_batch(batch_id)
    if batch.status is BatchStatus.BEGUN:
        batch.status, batch.asks = BatchStatus.SENT, 0
        look_again(work, batch)


def record_payout(
    work: UnitOfWork, desk: Desk, batch_id: UUID, answers: Mapping[UUID, Answer]
) -> None:
    """Post what was paid out, once for each share; a share that failed is listed as failed."""
    shares = Shares(work.session)
    batch = shares.take_batch(batch_id)
    for share_id, answer in sorted(answers.items()):
        record_line(work, desk, batch, shares.take(share_id), answer)
    work.session.flush()
    if all(share.status in OVER for share in shares.of_batch(batch_id)):
        batch.status, batch.next_ask = BatchStatus.ENDED, None


def record_line(work: UnitOfWork, desk: Desk, batch: Batch, share: Share, answer: Answer) -> None:
    if share.status in OVER:
        return
    paid = answer.status is PaymentStatus.COMPLETED
    if paid and desk.money(answer.amount, answer.currency) == share.money:
        share.status, share.ended_at = ShareStatus.SETTLED, work.now
        entry = ledger.share_settled(
            share.id, share.beneficiary, share.money, batch.provider, answer.reference or ""
        )
        write(work.session, work.new_id(), entry, work.now)
        told(work, share, SETTLED, answer.reference)
    elif paid or answer.status in (PaymentStatus.FAILED, PaymentStatus.REVERSED):
        share.status, share.ended_at = ShareStatus.FAILED, work.now
        told(work, share, FAILED, answer.reference)


def told(work: UnitOfWork, share: Share, name: str, reference: str | None) -> None:
    work.record(
        share.invoice_id,
        name,
        {
            "share": str(share.id),
            "beneficiary": share.beneficiary,
            "minor": share.minor,
            "currency": share.currency,
            "provider_ref": reference,
        },
    )


def look_again(work: UnitOfWork, batch: Batch) -> None:
    batch.look_again(around(work.session).clock.real_now())


def plan_batches(work: UnitOfWork, limit: int) -> list[UUID]:
    """Take batches that are due for a look; no other watch takes them before their next one."""
    taken = Shares(work.session).batches_due(around(work.session).clock.real_now(), limit)
    for batch in taken:
        look_again(work, batch)
    return [batch.id for batch in taken]
