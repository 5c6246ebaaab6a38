"""What a mobile-money operator's callback must hold to be read at all (GSMA Mobile Money API)."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Word = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class Callback(BaseModel):
    """A transaction as the operator's callback tells it; further members are passed over.

    `originalTransactionReference` is our own name for the payment.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    reference: Word = Field(alias="transactionReference")
    status: Word = Field(alias="transactionStatus")
    correlation: Word | None = Field(default=None, alias="originalTransactionReference")
    amount: Word | None = None
    currency: Word | None = None
