"""What payments' app, worker and relay must be told."""

from typing import ClassVar

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from chassis.settings import ServiceSettings
from services.payments.domain.payment import LIMITS, REVERSIBLE


class Settings(ServiceSettings):
    """`mobile_money_url` is the operator's API, `collection_wallet` our account with it.

    Without that address nobody can pay; invoices are raised, and payments begun before wait.

    `callback_url` is where the operator reaches this service. `provider_seconds` bounds every
    call to an operator, `reversal_days` the time in which it may take a payment back: it is asked
    once more when they are over. A person begins `payments_an_hour` at most; for
    `prompts_an_hour_of_a_phone` and `invoices_of_others_an_hour` see `Limits`.
    """

    model_config = SettingsConfigDict(
        env_prefix="CORNERPOST_PAYMENTS_", frozen=True, extra="forbid"
    )

    service: ClassVar[str] = "payments"

    mobile_money_url: str | None = None
    callback_url: str = "http://127.0.0.1:21022/v1/providers/mobile-money/callbacks"
    collection_wallet: str = "CORNERPOST"
    provider_seconds: float = Field(default=5.0, gt=0, le=5)
    reversal_days: int = Field(default=REVERSIBLE.days, ge=0, le=400)
    payments_an_hour: int = Field(default=LIMITS.by_person, ge=1)
    prompts_an_hour_of_a_phone: int = Field(default=LIMITS.of_phone, ge=1)
    invoices_of_others_an_hour: int = Field(default=LIMITS.invoices_of_others, ge=1)

    @property
    def lacking(self) -> tuple[str, ...]:
        if self.mobile_money_url:
            return ()
        return (
            "No mobile-money operator is configured: nobody can pay "
            "(CORNERPOST_PAYMENTS_MOBILE_MONEY_URL)",
        )
