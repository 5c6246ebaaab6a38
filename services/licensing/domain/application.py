"""An application: who asks for which right, where, under which law, and where it stands."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from contracts.licensing.language import Act, Origin, Status
from kernel.events import EditionRef
from kernel.law.plan import Plan
from services.licensing.domain.status import CLOSED, must_allow

Json = dict[str, object]


@dataclass(eq=False, kw_only=True)
class Application:
    """One case. Columns from `code` on are empty until it is lodged.

    `applicant` is the person who keeps control and is told (`public:<sub>`; None for a walk-in
    without an account), `helper` the officer who typed for a walk-in (`staff:<sub>`), `counter` the
    office where that was. `statement` is the signed ground statement as lodged, `bbox_mm` its
    (xmin, ymin, xmax, ymax) in whole millimetres of the legal plane, `hectares` the legal ones; a
    right without ground names the holder's `district`. `not_before`/`not_after` bound the instant
    of filing, `head_seen` is the size of our log that the client had seen; `pay_by` is set while
    the place is conditional on a payment. `wound_up` means that its end stands in the journal: no
    workflow waits for it.
    """

    id: UUID
    licence_type: str
    procedure: str
    applicant: str | None
    party_id: UUID
    created_at: datetime
    updated_at: datetime
    status: Status = Status.DRAFT
    helper: str | None = None
    counter: str | None = None
    minerals: list[str] = field(default_factory=list)
    answers: Json = field(default_factory=dict)
    district: str | None = None
    version: int = 1
    code: str | None = None
    filing_seq: int | None = None
    office: str | None = None
    zone: str | None = None
    country: str | None = None
    edition: str | None = None
    edition_hash: str | None = None
    plan: Json | None = None
    plan_hash: str | None = None
    statement: Json | None = None
    statement_id: UUID | None = None
    geometry_hash: str | None = None
    bbox_mm: list[int] | None = None
    hectares: Decimal | None = None
    units: int | None = None
    lodged_at: datetime | None = None
    conditional: bool = False
    pay_by: datetime | None = None
    origin: Origin | None = None
    not_before: datetime | None = None
    not_after: datetime | None = None
    head_seen: int | None = None
    pin_hash: str | None = None
    licence_code: str | None = None
    closed_at: datetime | None = None
    closed_because: str | None = None
    wound_up: bool = False

    @property
    def open(self) -> bool:
        """Lodged and not yet ended."""
        return self.status is not Status.DRAFT and self.status not in CLOSED

    def must_allow(self, act: Act) -> None:
        must_allow(self.status, act)

    def law(self) -> Plan:
        """The plan pinned at lodgement; LookupError on a draft, which has none."""
        if self.plan is None:
            raise LookupError("a draft has no plan")
        return Plan.load(self.plan)

    def edition_ref(self) -> EditionRef:
        """The rulebook edition the case stands on; LookupError on a draft."""
        if self.country is None or self.edition is None or self.edition_hash is None:
            raise LookupError("a draft stands on no edition")
        return EditionRef(country=self.country, edition=self.edition, hash=self.edition_hash)

    def changed(self, now: datetime) -> None:
        """Count the change, so that older pages are recognised as stale."""
        self.version += 1
        self.updated_at = now

    def close(self, status: Status, because: str, now: datetime) -> None:
        """End the case with `status`; it stays ended."""
        self.status, self.closed_at, self.closed_because = status, now, because
        self.changed(now)
