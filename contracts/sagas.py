"""Questions and answers of the issuance, invoice and appointment workflows."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from kernel.events import EditionRef


class Wire(BaseModel):
    model_config = ConfigDict(frozen=True)


class Keyed(Wire):
    key: str
    subject: UUID  # issuance or invoice id
    application_id: UUID
    edition: EditionRef
    trace: str | None = None


class LoadedIssuance(Wire):
    application_id: UUID
    round: int
    edition: EditionRef
    exclusive: bool  # there is ground to grant
    minerals: list[str]
    licence_type: str
    geometry_hash: str | None = None  # of the ground that was applied for
    trace: str | None = None


class ReservedCode(Wire):
    """`wait_for` names senior lodgements on the same ground whose area the cadastre has not
    reported yet."""

    licence_code: str | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    wait_for: list[int] = Field(default_factory=list)


class GrantArea(Keyed):
    licence_code: str
    licence_type: str
    minerals: list[str]
    geometry_hash: str | None = None  # None: asked by an issuance that loaded none
    valid_from: datetime
    valid_to: datetime


class IssueLicence(Keyed):
    licence_code: str


class ReturnFromIssuance(Keyed):
    problem: str  # slug of the refusal
    detail: str


class LoadedInvoice(Wire):
    invoice: UUID
    application_id: UUID
    edition: EditionRef
    due_at: datetime
    remind_at: list[datetime] = Field(default_factory=list)
    open: bool
    stands_still: bool = False  # its time does not run: nobody is reminded, and it does not expire


class ExpireInvoice(Keyed):
    due_at: datetime


class AppointmentCopy(Wire):
    key: str
    id: UUID
    person: str
    agency: str
    office: str
    powers: list[str]
    since: datetime
    until: datetime | None = None
    version: int
    ended: bool = False
