"""The paymaster: carries splits out, at source through providers or by telling the treasury."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import structlog

from chassis.unit_of_work import UnitOfWork, Works
from contracts.payments.language import BatchStatus
from kernel.authority import clockwork
from services.payments.acts.begin_payout import begin_payout
from services.payments.acts.instruct_treasury import instruct_treasury
from services.payments.acts.record_payout import OVER, plan_batches, record_payout, record_sent
from services.payments.desk import Desk
from services.payments.domain.payment import Answer
from services.payments.domain.share import Batch, Share
from services.payments.faults import of_one
from services.payments.gateways.provider import Payout, Provider, ProviderAway
from services.payments.store.invoices import Invoices
from services.payments.store.shares import Shares
from services.payments.teller import provider_called

BY: Final = clockwork("payments")
AT_ONCE: Final = 5

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Paymaster:
    """Holds no connection while a provider thinks; every step may be repeated."""

    works: Works
    desk: Desk
    providers: Mapping[str, Provider]

    def work(self) -> None:
        """One round: begin what is due, follow what was begun, write yesterday's schedule."""
        batches: list[UUID] = []
        with of_one("payout"):
            batches += self.works.run(BY, begin_payout)
        batches += self.works.run(BY, lambda work: plan_batches(work, AT_ONCE))
        for batch in batches:
            with of_one("batch", batch):
                self.follow(batch)
        with of_one("schedule"):
            self.works.run(BY, lambda work: has_schedule(work, self.desk))

    def follow(self, batch_id: UUID) -> None:
        """Bring a batch to where its provider is; a provider that is away is asked again later."""
        with self.works.open(BY) as work:
            batch = Shares(work.session).take_batch(batch_id)
            lines = [(share, payout(work, share)) for share in of_batch(work, batch)]
        provider = self.providers.get(batch.provider)
        if provider is None:
            return
        try:
            self._bring_on(provider, batch, lines)
        except ProviderAway as away:
            log.warning("provider.away", provider=provider.name, reason=str(away))

    def _bring_on(
        self, provider: Provider, batch: Batch, lines: list[tuple[Share, Payout]]
    ) -> None:
        actor = provider_called(provider.name)
        if batch.status is BatchStatus.BEGUN:
            provider.pay_out(str(batch.id), [line for _, line in lines])
            self.works.run(actor, lambda work: record_sent(work, batch.id))
            return
        answers: dict[UUID, Answer] = {
            share.id: provider.look_up(line.correlation)
            for share, line in lines
            if share.status not in OVER
        }
        self.works.run(actor, lambda work: record_payout(work, self.desk, batch.id, answers))


def of_batch(work: UnitOfWork, batch: Batch) -> list[Share]:
    return list(Shares(work.session).of_batch(batch.id))


def payout(work: UnitOfWork, share: Share) -> Payout:
    """One line of a batch; the provider knows it by the batch's name and its position."""
    invoice = Invoices(work.session).get(share.invoice_id)
    return Payout(
        correlation=f"{share.batch_id}:{share.position}",
        pays_into=share.pays_into,
        money=share.money,
        reference=f"{invoice.code}/{share.beneficiary}",
    )


def has_schedule(work: UnitOfWork, desk: Desk) -> bool:
    """Whether a schedule was due and has been written."""
    return instruct_treasury(work, desk) is not None
