"""The teller: asks providers outside of every unit of work, and has their answers recorded."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import BoundedSemaphore
from typing import Final
from uuid import UUID

import structlog

from chassis.unit_of_work import Works
from contracts.payments.language import PaymentStatus
from contracts.payments.wire import MOBILE_MONEY
from kernel.authority import Actor, clockwork
from kernel.events import ActorKind
from services.payments.acts.record_answer import record_answer
from services.payments.desk import Desk
from services.payments.domain.payment import Answer, Heard, Payment, Prompt
from services.payments.gateways.mobile_money import MobileMoney
from services.payments.gateways.provider import (
    NoOperatorConnected,
    NoSuchProvider,
    Provider,
    ProviderAway,
    Unconnected,
)
from services.payments.settings import Settings
from services.payments.store.invoices import Invoices
from services.payments.store.payments import Payments

PROMPT_AGAIN: Final = 4  # looks during which a request that never arrived is sent once more

TRIES: Final = 3  # questions in a row while others' answers come in between

NOT_SOON: Final = 3600  # seconds: somebody must open an account first

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be asked of a provider, read from the database before it is asked."""

    payment: Payment
    prompt: Prompt
    payable: bool
    heard: Heard


@dataclass(frozen=True, slots=True)
class Teller:
    """`prompt` and `ask` hold no connection while the provider thinks.

    `places`: so many requests from outside wait for a provider at once; what comes beyond is left
    to the watch, so that a slow provider does not stop the whole service.
    """

    works: Works
    desk: Desk
    providers: Mapping[str, Provider]
    places: BoundedSemaphore = field(default_factory=BoundedSemaphore)

    def close(self) -> None:
        for provider in self.providers.values():
            provider.close()

    def must_know(self, provider: str) -> None:
        """Raise NoSuchProvider, or NoOperatorConnected, unless one of this name is connected."""
        if provider not in self.providers:
            raise NoSuchProvider("No provider of this name is connected here")
        if isinstance(self.providers[provider], Unconnected):
            raise NoOperatorConnected(
                "No mobile-money operator is connected yet", retry_after=NOT_SOON
            )

    def prompt(self, payment: UUID) -> None:
        """Have the payer asked, once the intent is committed; a repeat is the same payment."""
        question = self._question(payment)
        if question is None or question.payment.status is not PaymentStatus.BEGUN:
            return
        provider = self.providers[question.payment.provider]
        try:
            answer = provider.ask_payer(question.prompt)
        except ProviderAway as away:
            log.warning("provider.away", provider=provider.name, reason=str(away))
            return
        self._record(question, answer)

    def at_once(self, question: Callable[[UUID], object], payment: UUID) -> None:
        """Ask now if there is a place; otherwise the watch asks within seconds, as planned."""
        if not self.places.acquire(blocking=False):
            log.info("provider.crowded")
            return
        try:
            question(payment)
        finally:
            self.places.release()

    def ask(self, payment: UUID) -> bool:
        """Ask the provider what became of a payment; False while it does not answer.

        When others record an answer in between it is asked again, and after some tries left to
        the watch.
        """
        for _ in range(TRIES):
            question = self._question(payment)
            if question is None:
                return True
            answer = self._answer(question)
            if answer is None:
                return False
            if self._record(question, answer):
                return True
        return True

    def _answer(self, question: Question) -> Answer | None:
        provider = self.providers[question.payment.provider]
        try:
            answer = provider.look_up(str(question.payment.id))
            if answer.status is PaymentStatus.UNKNOWN and question.payable:
                answer = provider.ask_payer(question.prompt)
        except ProviderAway as away:
            log.warning("provider.away", provider=provider.name, reason=str(away))
            return None
        return answer

    def _question(self, payment: UUID) -> Question | None:
        """None when the provider is none that we know."""
        with self.works.open(clockwork("payments")) as work:
            found = Payments(work.session).get(payment)
            invoice = Invoices(work.session).get(found.invoice_id)
        if found.provider not in self.providers:
            return None
        young = found.status in (PaymentStatus.BEGUN, PaymentStatus.UNKNOWN)
        return Question(
            payment=found,
            prompt=Prompt(str(found.id), found.msisdn, found.money, invoice.code),
            payable=young
            and found.asks < PROMPT_AGAIN
            and invoice.open
            and not invoice.is_past(work.now),
            heard=found.heard,
        )

    def _record(self, question: Question, answer: Answer) -> bool:
        asked = question.payment
        told_by = provider_called(asked.provider)
        return self.works.run(
            told_by, lambda work: record_answer(work, self.desk, asked.id, answer, question.heard)
        )


def provider_called(name: str) -> Actor:
    """A provider, acting by what it says."""
    return Actor(kind=ActorKind.PROVIDER, person=f"provider:{name}")


def open_teller(settings: Settings, desk: Desk, works: Works) -> Teller:
    """The teller of a process, with every provider that the settings name."""
    url = settings.mobile_money_url
    operator: Provider = (
        MobileMoney.of(settings, url, desk.decimals) if url else Unconnected(MOBILE_MONEY)
    )
    places = BoundedSemaphore(max(1, settings.pool // 2))
    return Teller(works, desk, {operator.name: operator}, places)
