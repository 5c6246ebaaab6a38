"""Applications in the database: found by id or code, locked, listed, with papers and documents."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_
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


@dataclass(frozen=True, slots=True)
class Applications:
    session: Session

    def get(self, ref: str | UUID) -> Application:
        """By id or public code, as people type it. Raises NotFound, NotACode."""
        return self._one(select(Application).where(is_called(ref)))

    def take(self, ref: str | UUID) -> Application:
        """The same, locked until the act is over."""
        wanted = select(Application).where(is_called(ref)).with_for_update()
        return self._one(wanted.execution_options(populate_existing=True))

    def _one(self, wanted: Select[Application]) -> Application:
        found = self.session.scalars(wanted).first()
        if found is None:
            raise NotFound("There is no such application")
        return found

    def find(self, ref: str | UUID) -> Application | None:
        return self.session.scalars(select(Application).where(is_called(ref))).first()

    def steps(self, application_id: UUID) -> Sequence[Step]:
        """All rounds of all steps, in the order in which they opened."""
        step = tables.step.c
        wanted = select(Step).where(step.application_id == application_id)
        return self.session.scalars(wanted.order_by(step.opened_at, step.step, step.round)).all()

    def documents(self, application_id: UUID) -> Sequence[Document]:
        document = tables.document.c
        wanted = select(Document).where(document.application_id == application_id)
        return self.session.scalars(wanted.order_by(document.kind, document.n)).all()

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

    def pending_of_party(self, party_id: UUID, licence_type: str) -> Sequence[Application]:
        """Lodged applications of a party for a licence type that have not ended."""
        wanted = select(Application).where(
            columns.party_id == party_id,
            columns.licence_type == licence_type,
            columns.status.in_((Status.LODGED, Status.ISSUING)),
        )
        return self.session.scalars(wanted.order_by(columns.filing_seq)).all()

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


def is_called(ref: str | UUID) -> ColumnElement[bool]:
    """The condition that an application has this id or this public code."""
    found = ref if isinstance(ref, UUID) else as_uuid(ref)
    if found is not None:
        return columns.id == found
    return columns.code == str(PublicCode.parse(str(ref)))
