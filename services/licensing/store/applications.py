"""Applications in the database: found by id or code, locked, listed, with papers and documents."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, Select, Uuid, any_, bindparam, func, or_, select, tuple_
from sqlalchemy.orm import Session

from contracts.licensing.language import ReceiptKind, Status
from kernel.codes import PublicCode
from kernel.ids import as_uuid
from kernel.problems import NotFound
from services.licensing.domain.application import Application
from services.licensing.domain.papers import Document, Paper
from services.licensing.domain.receipt import Receipt
from services.licensing.domain.step import Step
from services.licensing.store import mapping, tables

mapping.map_entities()
columns = tables.application.c

# statements of nearly every act, made once: making them anew costs as much as having them run
CALLED: Final[dict[type, Select[Application]]] = {
    UUID: select(Application).where(columns.id == bindparam("called")),
    str: select(Application).where(columns.code == bindparam("called")),
}
TAKEN: Final = {
    kind: wanted.with_for_update().execution_options(populate_existing=True)
    for kind, wanted in CALLED.items()
}
DOCUMENTS: Final = (
    select(Document)
    .where(tables.document.c.application_id == bindparam("application"))
    .order_by(tables.document.c.kind, tables.document.c.n)
)
PENDING: Final = select(
    func.count().label("number"), func.coalesce(func.sum(columns.hectares), 0).label("hectares")
).where(
    columns.party_id == any_(bindparam("parties", type_=ARRAY(Uuid))),
    columns.licence_type == bindparam("type"),
    columns.status.in_((Status.LODGED, Status.ISSUING)),
)


@dataclass(frozen=True, slots=True)
class Applications:
    session: Session

    def get(self, ref: str | UUID) -> Application:
        """By id or public code, as people type it. Raises NotFound, NotACode."""
        return self._found(self.find(ref))

    def take(self, ref: str | UUID) -> Application:
        """The same, locked until the act is over."""
        called = name_of(ref)
        return self._found(self.session.scalars(TAKEN[type(called)], {"called": called}).first())

    def _found(self, application: Application | None) -> Application:
        if application is None:
            raise NotFound("There is no such application")
        return application

    def find(self, ref: str | UUID) -> Application | None:
        called = name_of(ref)
        return self.session.scalars(CALLED[type(called)], {"called": called}).first()

    def steps(self, application_id: UUID) -> Sequence[Step]:
        """All rounds of all steps, in the order in which they opened."""
        step = tables.step.c
        wanted = select(Step).where(step.application_id == application_id)
        return self.session.scalars(wanted.order_by(step.opened_at, step.step, step.round)).all()

    def documents(self, application_id: UUID) -> Sequence[Document]:
        return self.session.scalars(DOCUMENTS, {"application": application_id}).all()

    def document(self, application_id: UUID, kind: str, n: int) -> Document | None:
        document = tables.document.c
        here = (document.application_id == application_id, document.kind == kind, document.n == n)
        return self.session.scalars(select(Document).where(*here)).first()

    def papers(self, application_id: UUID) -> Sequence[Paper]:
        paper = tables.paper.c
        wanted = select(Paper).where(paper.application_id == application_id)
        return self.session.scalars(wanted.order_by(paper.kind)).all()

    def receipt(self, application_id: UUID, kind: ReceiptKind) -> Receipt | None:
        receipt = tables.receipt.c
        here = (receipt.application_id == application_id, receipt.kind == kind)
        return self.session.scalars(select(Receipt).where(*here)).first()

    def offices(self, application: Application) -> set[str]:
        """Every office that is or was at work on the case: those too that let its time run out."""
        step = tables.step.c
        own = select(step.office).where(step.application_id == application.id)
        former = select(func.unnest(step.former_offices)).where(
            step.application_id == application.id
        )
        lead = {application.office} if application.office else set()
        return {*self.session.scalars(own.union(former)), *lead}

    def pending_of_parties(
        self, parties: Sequence[UUID], licence_type: str
    ) -> tuple[int, Decimal]:
        """How many lodged applications for a licence type have not ended, and their hectares."""
        found = self.session.execute(PENDING, {"parties": parties, "type": licence_type}).one()
        return found.number, found.hectares

    def of_person(
        self, person: str, after: tuple[datetime, UUID] | None, limit: int
    ) -> Sequence[tuple[Application, str]]:
        """A person's own applications with their holders' names, the last changed first."""
        wanted = (
            select(Application, tables.party.c.name)
            .join(tables.party, tables.party.c.id == columns.party_id)
            .where(or_(columns.applicant == person, columns.helper == person))
            .order_by(columns.updated_at.desc(), columns.id.desc())
            .limit(limit)
        )
        if after is not None:
            wanted = wanted.where(tuple_(columns.updated_at, columns.id) < after)
        return [(row[0], row[1]) for row in self.session.execute(wanted)]


def name_of(ref: str | UUID) -> UUID | str:
    """The id, or the public code as it is stored, that people or machines mean. Raises NotACode."""
    found = ref if isinstance(ref, UUID) else as_uuid(ref)
    return found or str(PublicCode.parse(str(ref)))
