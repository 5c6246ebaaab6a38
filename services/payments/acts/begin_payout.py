"""Begin a payout: shares that a provider pays out at source are put into one batch."""

from typing import Final
from uuid import UUID

from chassis.database import around
from chassis.unit_of_work import UnitOfWork
from contracts.payments.language import ShareStatus
from kernel.law.fees import SplitMode
from services.payments.domain.payment import FIRST_LOOK
from services.payments.domain.share import Batch, Share
from services.payments.store.shares import Shares

BEGUN: Final = "payout.begun"
LARGEST: Final = 100


def begin_payout(work: UnitOfWork) -> list[UUID]:
    """Batches of what is due, one for each provider; committed before any provider is told."""
    due = Shares(work.session).due(SplitMode.SETTLED, work.now, LARGEST)
    by_provider: dict[str, list[Share]] = {}
    for share in due:
        by_provider.setdefault(share.provider or "", []).append(share)
    return [put_together(work, name, shares) for name, shares in sorted(by_provider.items())]


def put_together(work: UnitOfWork, provider: str, shares: list[Share]) -> UUID:
    batch = Batch(
        id=work.new_id(),
        provider=provider,
        begun_at=work.now,
        next_ask=around(work.session).clock.real_now() + FIRST_LOOK,
    )
    work.session.add(batch)
    work.session.flush()
    for position, share in enumerate(shares):
        share.status, share.batch_id, share.position = ShareStatus.ASKED, batch.id, position
    lines = [
        {"share": str(one.id), "beneficiary": one.beneficiary, "minor": one.minor} for one in shares
    ]
    work.record(batch.id, BEGUN, {"provider": provider, "lines": lines})
    return batch.id
