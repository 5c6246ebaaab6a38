"""The day ledger on the wire: whom a case waited for, moment by moment and day by day."""

from datetime import date, datetime
from uuid import UUID

from contracts.licensing.wire import View


class StretchView(View):
    """A time for which the case waited for one party at one step."""

    party: str
    step: str | None
    begins: datetime
    ends: datetime
    seconds: float


class DayView(View):
    """A party's part of one local day."""

    day: date
    party: str
    working: bool
    seconds: float


class PartyDays(View):
    """`days` counts local days that belong to this party (the one with most of the day)."""

    party: str
    seconds: float
    days: int


class DayLedgerView(View):
    """Whom the case waited for, moment by moment: the parts add up to the whole exactly.

    `statutory_seconds` are those in which an office's clock ran; `experienced_seconds` are all.
    """

    application: UUID
    code: str
    began: datetime
    until: datetime
    closed: bool
    experienced_seconds: float
    statutory_seconds: float
    parties: list[PartyDays]
    stretches: list[StretchView]
    days: list[DayView]
