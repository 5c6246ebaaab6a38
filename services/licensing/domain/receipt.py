"""The signed receipt of a lodgement: what was handed in, when, at which place in the sequence."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.licensing.language import ReceiptKind


@dataclass(eq=False, kw_only=True)
class Receipt:
    """A receipt as it was issued: `body`, its signature (purpose `receipt`) and its short code."""

    id: UUID
    application_id: UUID
    kind: ReceiptKind
    body: dict[str, object]
    key: str
    signature: str
    short_code: str
    issued_at: datetime
