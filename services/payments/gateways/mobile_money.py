"""Mobile money over the GSMA Mobile Money API: requests, status queries and batches."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import httpx
from pydantic import BaseModel, ValidationError

from contracts.payments.language import PaymentStatus
from contracts.payments.wire import MOBILE_MONEY
from kernel.money import Money
from services.payments.domain.payment import Answer, Prompt
from services.payments.gateways.provider import Payout, ProviderAway
from services.payments.settings import Settings

STATUS: Final = {
    "completed": PaymentStatus.COMPLETED,
    "failed": PaymentStatus.FAILED,
    "reversed": PaymentStatus.REVERSED,
}
"""Every other word of the operator's means that it is not over."""

ENDS: Final = (400, 402, 422)
"""Refusals of the payment itself. All others speak of us, of our key or of how often we ask."""


class Transaction(BaseModel):
    """A transaction as the operator tells it; other members are passed over."""

    transactionReference: str  # noqa: N815 - the members are the API's
    transactionStatus: str  # noqa: N815
    amount: str
    currency: str
    originalTransactionReference: str | None = None  # noqa: N815
    modificationDate: str | None = None  # noqa: N815


@dataclass(frozen=True, slots=True)
class MobileMoney:
    """One operator. `spell` writes an amount as the API wants it."""

    base_url: str
    callback_url: str
    wallet: str
    seconds: float
    spell: Callable[[Money], str]
    name: str = MOBILE_MONEY
    http: httpx.Client = field(default_factory=httpx.Client)

    @classmethod
    def of(cls, settings: Settings, url: str, spell: Callable[[Money], str]) -> "MobileMoney":
        return cls(
            url.rstrip("/"),
            settings.callback_url,
            settings.collection_wallet,
            settings.provider_seconds,
            spell,
        )

    def ask_payer(self, prompt: Prompt) -> Answer:
        """A merchant payment: the operator asks the payer, and calls back when it is over."""
        body = {
            "amount": self.spell(prompt.money),
            "currency": prompt.money.currency,
            "debitParty": [{"key": "msisdn", "value": prompt.msisdn}],
            "creditParty": [{"key": "walletid", "value": self.wallet}],
            "requestingOrganisationTransactionReference": prompt.reference,
        }
        headers = {"X-CorrelationID": prompt.correlation, "X-Callback-URL": self.callback_url}
        answer = self._call("POST", "/transactions/type/merchantpay", body, headers)
        if answer.status_code in ENDS:
            return Answer(PaymentStatus.FAILED, reason=_reason(answer))
        if answer.status_code == httpx.codes.CONFLICT:
            return self._taken_before(prompt.correlation)
        if answer.is_client_error:
            raise ProviderAway(f"the operator answered {answer.status_code}")
        return Answer(PaymentStatus.PENDING)

    def _taken_before(self, correlation: str) -> Answer:
        """The operator says that it has had this request: what became of it."""
        found = self.look_up(correlation)
        if found.status is PaymentStatus.UNKNOWN:
            raise ProviderAway("the operator has the request and does not know it")
        return found

    def look_up(self, correlation: str) -> Answer:
        """The status query by our own name for the payment: the proof."""
        answer = self._call("GET", f"/responses/{correlation}")
        if answer.status_code == httpx.codes.NOT_FOUND:
            return Answer(PaymentStatus.UNKNOWN)
        if answer.is_client_error:
            raise ProviderAway(f"the operator answered {answer.status_code}")
        told = _transaction(answer)
        if told.originalTransactionReference not in (None, correlation):
            raise ProviderAway("the operator told of another payment")
        return Answer(
            status=STATUS.get(told.transactionStatus, PaymentStatus.PENDING),
            reference=told.transactionReference,
            amount=told.amount,
            currency=told.currency,
            at=_instant(told.modificationDate),
        )

    def pay_out(self, batch: str, lines: Sequence[Payout]) -> None:
        """One batch of disbursements; line n is known to the operator as `<batch>:<n>`.

        A batch that the operator says it has had (409) is taken.
        """
        told = [
            {
                "amount": self.spell(line.money),
                "currency": line.money.currency,
                "debitParty": [{"key": "walletid", "value": self.wallet}],
                "creditParty": [{"key": "accountid", "value": line.pays_into}],
                "requestingOrganisationTransactionReference": line.reference,
            }
            for line in lines
        ]
        answer = self._call(
            "POST", "/batchtransactions", {"transactions": told}, {"X-CorrelationID": batch}
        )
        if answer.is_client_error and answer.status_code != httpx.codes.CONFLICT:
            raise ProviderAway(f"the operator refused the batch: {_reason(answer)}")

    def close(self) -> None:
        self.http.close()

    def _call(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        try:
            answer = self.http.request(
                method,
                self.base_url + path,
                json=body,
                headers=headers,
                timeout=self.seconds,
            )
        except httpx.HTTPError as away:
            raise ProviderAway(type(away).__name__) from away
        if answer.is_server_error or answer.is_redirect:
            raise ProviderAway(f"the operator answered {answer.status_code}")
        return answer


def _transaction(answer: httpx.Response) -> Transaction:
    try:
        return Transaction.model_validate_json(answer.content)
    except ValidationError as strange:
        raise ProviderAway("the operator's answer cannot be read") from strange


def _instant(text: str | None) -> datetime | None:
    """The operator's own time of the last change; None when it tells none that can be read."""
    try:
        at = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _reason(answer: httpx.Response) -> str:
    """The operator's code for a refusal: a short word, never what a person wrote."""
    try:
        code = str(answer.json().get("errorCode", answer.status_code))
    except (ValueError, AttributeError):
        code = str(answer.status_code)
    return code[:60] if code.isalnum() else str(answer.status_code)
