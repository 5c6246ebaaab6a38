"""Licences on the wire: the licence, its proof, and what verifying a code answers."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.licensing.language_cases import LicenceStatus
from contracts.licensing.wire import Signed, View, Words
from kernel.log.bundle import InclusionBundle

Code = Annotated[str, Field(min_length=4, max_length=60)]


class LicenceView(View):
    """A licence as everybody may read it. `in_force` is at `as_of`."""

    code: str
    application: UUID
    licence_type: str
    titles: dict[str, str]
    holder: str
    minerals: list[str]
    office: str
    zone: str | None
    district: str | None
    hectares: Decimal | None
    units: int | None
    geometry_hash: str | None
    may_sell: bool
    quantity_per_period: str | None
    status: LicenceStatus
    in_force: bool
    valid_from: datetime
    valid_to: datetime
    issued_at: datetime
    log_index: int
    certificate: str | None
    as_of: datetime
    training: bool


class CertificateProof(View):
    """What `verify.py certificate` reads: the log's proof and the text of the QR code."""

    inclusion: InclusionBundle
    qr: str


class CodesAsked(Words):
    codes: list[Code] = Field(min_length=1, max_length=500)


class Verified(Signed):
    """One signed object. Body of one code, or of many under `results`."""
