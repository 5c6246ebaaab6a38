"""A licence: the granted right, its term, what it lets its holder do, and how it was issued."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from contracts.licensing.language_cases import IssuanceStatus, LicenceStatus
from kernel.calendar import Calendar, Duration, Unit, add_months
from kernel.problems import Problem

Json = dict[str, object]


class NotBeingIssued(Problem):
    """The issuance has ended, was returned, or is of another code."""

    title = "No licence is being issued under this"


@dataclass(eq=False, kw_only=True)
class Issuance:
    """One attempt to issue the licence of an application."""

    id: UUID
    application_id: UUID
    round: int
    requested_at: datetime
    status: IssuanceStatus = IssuanceStatus.REQUESTED
    licence_code: str | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    ended_at: datetime | None = None
    problem: str | None = None
    trace: str | None = None


@dataclass(eq=False, kw_only=True)
class Licence:
    """`logged` is the payload that leaf `log_index` of licensing's log commits to."""

    id: UUID
    code: str
    application_id: UUID
    issuance_id: UUID
    party_id: UUID
    licence_type: str
    office: str
    may_sell: bool
    valid_from: datetime
    valid_to: datetime
    issued_at: datetime
    edition_hash: str
    log_index: int
    logged: Json
    minerals: list[str] = field(default_factory=list)
    zone: str | None = None
    district: str | None = None
    hectares: Decimal | None = None
    units: int | None = None
    geometry_hash: str | None = None
    quantity_per_period: str | None = None
    status: LicenceStatus = LicenceStatus.IN_FORCE
    version: int = 1

    def in_force(self, now: datetime) -> bool:
        """Nothing stays in force past its legal end, whatever its status says."""
        return self.status is LicenceStatus.IN_FORCE and self.valid_from <= now < self.valid_to


@dataclass(eq=False, kw_only=True)
class Certificate:
    """The printed licence: its file and the text of its QR code."""

    licence_id: UUID
    sha256: str
    size: int
    qr: str
    made_at: datetime


def ends(begins: datetime, valid_for: Duration, calendar: Calendar) -> datetime:
    """The legal end of a licence: the anniversary on the local clock, to the second."""
    at = calendar.local(begins)
    match valid_for.unit:
        case Unit.YEARS:
            return add_months(at, 12 * valid_for.n)
        case Unit.MONTHS:
            return add_months(at, valid_for.n)
        case Unit.HOURS:
            return at + timedelta(hours=valid_for.n)
        case _:
            return at + timedelta(days=valid_for.n)
