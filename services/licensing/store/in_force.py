"""Licences in force: each of them, and how many hectares they cover by office and district."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, case, cast, func, literal, null, select
from sqlalchemy.orm import Session

from chassis.sifting import sifted
from contracts.licensing.language_cases import LicenceStatus
from contracts.licensing.wire_statistics import InForceRow, LicenceCounted
from services.licensing.store.case_tables import licence
from services.licensing.store.tables import application


@dataclass(frozen=True, slots=True)
class Authorities:
    """An agency's offices by which licences are counted: by ground, else by district, else `only`.

    `agency` None: the licences are counted by no such office.
    """

    agency: str | None
    by_district: Mapping[str, str] = field(default_factory=dict)
    only: str | None = None


@dataclass(frozen=True, slots=True)
class LicencesInForce:
    """Licences in force at `now`; None: whatever it is, `-`: none."""

    now: datetime
    authorities: Authorities
    authority: str | None = None
    office: str | None = None
    district: str | None = None
    licence_type: str | None = None

    def rows(self) -> Select[Any]:
        """The licences themselves: figure and rows are both made of this."""
        told = ("code", "office", "district", "licence_type", "hectares", "valid_from", "valid_to")
        here = (
            select(
                *(licence.c[name] for name in told),
                licence.c.logged["holder"].astext.label("holder"),
                _authority(self.authorities).label("authority"),
            )
            .join(application, application.c.id == licence.c.application_id)
            .where(licence.c.status == LicenceStatus.IN_FORCE)
            .where(licence.c.valid_from <= self.now, licence.c.valid_to > self.now)
            .subquery("here")
        )
        names = ("authority", "office", "district", "licence_type")
        asked = {name: getattr(self, name) for name in names}
        return select(here).where(*sifted(here, **asked))


def _authority(of: Authorities) -> ColumnElement[str | None]:
    nobody: ColumnElement[str | None] = cast(null(), Text)
    if of.agency is None:
        return nobody
    by_ground = application.c.plan["facts"]["offices"][of.agency].astext
    by_district = case(dict(of.by_district), value=licence.c.district) if of.by_district else nobody
    only = nobody if of.only is None else literal(of.only, Text)
    return func.coalesce(by_ground, by_district, only)


def in_force(session: Session, asked: LicencesInForce) -> list[InForceRow]:
    """The figure: licences and hectares."""
    one = asked.rows().subquery("one")
    by = (one.c.authority, one.c.office, one.c.district, one.c.licence_type)
    found = session.execute(
        select(
            *by,
            func.count().label("licences"),
            func.coalesce(func.sum(one.c.hectares), 0).label("hectares"),
        )
        .group_by(*by)
        .order_by(*by)
    )
    return [InForceRow.model_validate(dict(row._mapping)) for row in found]


def licences_counted(
    session: Session, asked: LicencesInForce, after: str, limit: int
) -> list[LicenceCounted]:
    """The rows that the figure counts, by code."""
    one = asked.rows().subquery("one")
    wanted = select(one).where(one.c.code > after).order_by(one.c.code).limit(limit)
    return [LicenceCounted.model_validate(dict(row._mapping)) for row in session.execute(wanted)]
