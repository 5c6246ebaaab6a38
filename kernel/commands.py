"""What the engine asks the services to do: one shape for every command, told apart by its
operation."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from kernel.events import EditionRef


class Operation(StrEnum):
    """What is asked. The service that answers stands in `contracts.procedures.QUEUE_OF`."""

    OPEN_STEP = "open_step"
    WARN_STEP = "warn_step"
    LAPSE_STEP = "lapse_step"
    LAPSE_REQUEST = "lapse_request"  # information asked for did not come in time
    WARN_PAPER = "warn_paper"  # a curable paper is still missing
    LAPSE_PAPER = "lapse_paper"  # it did not come in time
    CONFIRM_RECEIPT = "confirm_receipt"  # the conditional place was paid for
    BEGIN_ISSUANCE = "begin_issuance"
    CLOSE_CASE = "close_case"
    ENTER_AREA = "enter_area"
    RELEASE_AREA = "release_area"
    RAISE_INVOICE = "raise_invoice"
    RETIME_INVOICE = "retime_invoice"  # its step's due instant has moved
    VOID_INVOICE = "void_invoice"
    SEND_NOTICE = "send_notice"


class Command(BaseModel):
    """One request of the engine.

    `key` = `{application}:{subject}:{round}:{operation}:{n}`; the answering service carries it
    out at
    most once and answers a repeat as it answered first. `args` are the members of the model of the
    same operation in `contracts.procedures`. Every command carries the edition the case stands on.
    """

    model_config = ConfigDict(frozen=True)

    key: str
    application_id: UUID
    operation: Operation
    subject: str
    round: int = Field(ge=0)
    edition: EditionRef
    args: dict[str, Any] = Field(default_factory=dict)
    at: datetime  # the instant from which its effect is reckoned
    trace: str | None = None
