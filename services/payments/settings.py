"""What payments' app, worker and relay must be told."""

from typing import ClassVar

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from chassis.settings import ServiceSettings
from services.payments.domain.payment import LIMITS


class Settings(ServiceSettings):
    """`mobile_money_url` is the operator's API, `collection_wallet` our account with it.

    `callback_url` is where the operator reaches this service. `provider_seconds` bounds every
    call to an operator. A person begins `payments_an_hour` at most; for
    `prompts_an_hour_of_a_phone` see `Limits`.
    """

    model_config = SettingsConfigDict(
        env_prefix="CORNERPOST_PAYMENTS_", frozen=True, extra="forbid"
    )

    service: ClassVar[str] = "payments"

    mobile_money_url: str = "http://127.0.0.1:21042"
    callback_url: str = "http://127.0.0.1:21022/v1/providers/mobile-money/callbacks"
    collection_wallet: str = "CORNERPOST"
    provider_seconds: float = Field(default=5.0, gt=0, le=5)
    payments_an_hour: int = Field(default=LIMITS.by_person, ge=1)
    prompts_an_hour_of_a_phone: int = Field(default=LIMITS.of_phone, ge=1)
