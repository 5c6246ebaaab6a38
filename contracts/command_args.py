"""What the engine's commands carry (`Command.args`), one shape an operation."""

from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.sagas import Wire


class OpenStep(Wire):
    step: str
    round: int
    opens_at: datetime  # legal instant from which the time runs


class StepDue(Wire):
    """Args of warn_step and lapse_step: `due_at` must equal the one stored, otherwise nothing
    changes."""

    step: str
    round: int
    due_at: datetime


class RequestDue(Wire):
    step: str
    round: int
    request: UUID
    due_at: datetime


class PaperDue(Wire):
    """Args of warn_paper and lapse_paper: `due_at` must equal the one stored."""

    paper: str
    due_at: datetime


class CloseCase(Wire):
    status: str  # refused, void, lapsed, withdrawn, granted
    reason: str


class EnterArea(Wire):
    """The shell adds `ground` (from LoadedCase) before it calls."""

    filing_seq: int
    lodged_at: datetime
    conditional: bool
    ground: dict[str, Any] | None = None
    licence_type: str
    minerals: list[str]


class ReleaseArea(Wire):
    reason: str


class RaiseInvoice(Wire):
    step: str
    round: int
    fee: str  # tariff id in the rulebook
    licence_type: str
    due_at: datetime
    facts: dict[str, Any]  # the plan's facts: hectares, units, party kind …
    payer: str | None = None  # `public:<sub>`
    application_code: str


class RetimeInvoice(Wire):
    """A due instant that is earlier than the invoice's own changes nothing.

    None: all clocks stand still, and nobody knows yet for how long.
    """

    step: str
    round: int
    due_at: datetime | None = None


class VoidInvoice(Wire):
    step: str
    round: int
    reason: str


class SendNotice(Wire):
    """A notice as a fact's payload lists it under `notices`: nothing in it names a person or a
    number.

    `to` is `public:<sub>`, `office:<office id>` or `agency:<agency id>`; messages knows the
    addresses.
    """

    notice: UUID
    kind: str  # template id
    to: str
    params: dict[str, str]
    case: UUID | None = None
