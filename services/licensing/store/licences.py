"""Issuances, licences and certificates in the database; which seniors must be waited for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, and_, any_, bindparam, exists, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from contracts.licensing.language import Status
from kernel.codes import PublicCode
from kernel.problems import NotFound
from services.licensing.domain.application import Application
from services.licensing.domain.licence import Certificate, Issuance, Licence
from services.licensing.store import case_tables, mapping, tables

mapping.map_entities()
OF_PARTIES: Final = (
    select(Licence)
    .where(
        case_tables.licence.c.party_id == any_(bindparam("parties", type_=ARRAY(Uuid))),
        case_tables.licence.c.licence_type == bindparam("type"),
    )
    .order_by(case_tables.licence.c.code)
)


@dataclass(frozen=True, slots=True)
class Licences:
    session: Session

    def get(self, code: str) -> Licence:
        """By public code, as people type it. Raises NotFound, NotACode."""
        found = self.find(str(PublicCode.parse(code)))
        if found is None:
            raise NotFound("There is no such licence")
        return found

    def find(self, code: str) -> Licence | None:
        wanted = select(Licence).where(case_tables.licence.c.code == code)
        return self.session.scalars(wanted).first()

    def of_issuance(self, issuance: UUID) -> Licence | None:
        wanted = select(Licence).where(case_tables.licence.c.issuance_id == issuance)
        return self.session.scalars(wanted).first()

    def coded(self, codes: Sequence[str]) -> dict[str, Licence]:
        """The licences among these codes."""
        wanted = select(Licence).where(case_tables.licence.c.code.in_(codes))
        return {one.code: one for one in self.session.scalars(wanted)}

    def applied(self, codes: Sequence[str]) -> dict[str, Application]:
        """The applications among these codes."""
        wanted = select(Application).where(tables.application.c.code.in_(codes))
        return {one.code: one for one in self.session.scalars(wanted) if one.code}

    def of_parties(self, parties: Sequence[UUID], licence_type: str) -> Sequence[Licence]:
        """All licences of one type that these parties hold or have held."""
        return self.session.scalars(OF_PARTIES, {"parties": parties, "type": licence_type}).all()

    def certificate(self, licence: UUID) -> Certificate | None:
        return self.session.get(Certificate, licence)

    def issuance(self, issuance: UUID) -> Issuance:
        """Raises NotFound."""
        found = self.session.get(Issuance, issuance)
        if found is None:
            raise NotFound("There is no such issuance")
        return found

    def next_number(self, prefix: str) -> int:
        """The next number of licences with this prefix; a reserved one is not given out again."""
        table = case_tables.licence_number
        first = upsert(table).values(prefix=prefix, last_number=1)
        step = first.on_conflict_do_update(
            index_elements=[table.c.prefix], set_={"last_number": table.c.last_number + 1}
        )
        number: int = self.session.scalars(step.returning(table.c.last_number)).one()
        return number

    def unreported_seniors(self, application: Application) -> Sequence[int]:
        """Open earlier lodgements on overlapping ground that the cadastre has not reported yet.

        Nor has it reported one that has just lost its place: it still takes it for a senior.
        Overlap is that of bounding boxes in whole millimetres: too many rather than too few.
        """
        if application.bbox_mm is None or application.geometry_hash is None:
            return []
        other, area = tables.application.c, case_tables.area_state.c
        left, low, right, high = application.bbox_mm
        here = area.application_id == other.id
        reported = exists().where(here, area.status != case_tables.MOVING)
        moving = exists().where(here, area.status == case_tables.MOVING)
        wanted = select(other.filing_seq).where(
            or_(other.filing_seq < application.filing_seq, moving),
            other.id != application.id,
            other.status.in_((Status.LODGED, Status.ISSUING)),
            other.geometry_hash.is_not(None),
            and_(other.bbox_mm[1] <= right, other.bbox_mm[3] >= left),
            and_(other.bbox_mm[2] <= high, other.bbox_mm[4] >= low),
            ~reported,
        )
        found = self.session.scalars(wanted.order_by(other.filing_seq)).all()
        return [seq for seq in found if seq is not None]
