"""The public register: licences, and open applications as far as their law discloses them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Select,
    Subquery,
    Text,
    any_,
    case,
    cast,
    func,
    literal,
    literal_column,
    null,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session

from chassis.sifting import sifted
from chassis.tables import INSTANT
from contracts.licensing.language import Status
from contracts.licensing.language_cases import LicenceStatus
from contracts.licensing.language_figures import RegisterKind, RegisterState
from contracts.licensing.wire_register import RegisterEntry
from kernel.law.plan import Disclosure
from services.licensing.store.case_tables import licence
from services.licensing.store.tables import application, party

SIMPLE: Final[ColumnElement[str]] = literal_column("'simple'::regconfig")
Place = tuple[datetime, UUID]


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for at `now`; None: whatever it is.

    `code` is a whole public code, `place` one in the sequence of lodgements. `holder` are the
    beginnings of words of the name. What an entry does not disclose is not found by it either.
    """

    now: datetime
    kind: RegisterKind | None = None
    state: RegisterState | None = None
    code: str | None = None
    place: int | None = None
    holder: tuple[str, ...] = ()
    licence_type: str | None = None
    mineral: str | None = None
    office: str | None = None
    district: str | None = None
    begins: datetime | None = None
    ends: datetime | None = None


def search(
    session: Session, sought: Sought, after: Place | None, limit: int
) -> list[tuple[UUID, RegisterEntry]]:
    """Entries with their ids, those that began last first."""
    every = union_all(_licences(sought.now), _applications()).subquery("entry")
    place = tuple_(every.c.since, every.c.id)
    wanted = select(every).where(*_conditions(every, sought))
    if after is not None:
        wanted = wanted.where(place < after)
    wanted = wanted.order_by(every.c.since.desc(), every.c.id.desc()).limit(limit)
    return [
        (row.id, RegisterEntry.model_validate(dict(row._mapping)))
        for row in session.execute(wanted)
    ]


def _conditions(every: Subquery, sought: Sought) -> list[ColumnElement[bool]]:
    names = ("kind", "state", "code", "licence_type", "office", "district")
    here = sifted(every, **{name: getattr(sought, name) for name in names})
    if sought.place is not None:
        here.append(every.c.place == sought.place)
    if sought.mineral is not None:
        here.append(literal(sought.mineral) == any_(every.c.minerals))
    if sought.holder:
        words = func.to_tsquery(SIMPLE, " & ".join(f"'{word}':*" for word in sought.holder))
        here.append(func.to_tsvector(SIMPLE, every.c.holder).bool_op("@@")(words))
    if sought.begins is not None:
        here.append(every.c.since >= sought.begins)
    if sought.ends is not None:
        here.append(every.c.since < sought.ends)
    return here


def _licences(now: datetime) -> Select[Any]:
    standing = cast(licence.c.status, Text)
    state = case(
        (licence.c.status != LicenceStatus.IN_FORCE, standing),
        (licence.c.valid_from > now, RegisterState.NOT_BEGUN.value),
        (licence.c.valid_to <= now, RegisterState.EXPIRED.value),
        else_=RegisterState.IN_FORCE.value,
    )
    return select(
        licence.c.id,
        literal(RegisterKind.LICENCE.value, Text).label("kind"),
        state.label("state"),
        licence.c.valid_from.label("since"),
        licence.c.valid_to.label("until"),
        licence.c.code,
        cast(null(), BigInteger).label("place"),
        licence.c.logged["holder"].astext.label("holder"),
        licence.c.licence_type,
        licence.c.minerals,
        licence.c.office,
        licence.c.district,
        licence.c.hectares,
    )


def _applications() -> Select[Any]:
    """Open ones. The plan's disclosure masks each column before anything is looked for in it."""
    rule = application.c.plan["disclosure"].astext
    whole = rule == Disclosure.ALL.value
    more = rule.in_((Disclosure.SHAPE.value, Disclosure.ALL.value))
    own = application.c
    return (
        select(
            own.id,
            literal(RegisterKind.APPLICATION.value, Text).label("kind"),
            literal(RegisterState.PENDING.value, Text).label("state"),
            own.lodged_at.label("since"),
            cast(null(), INSTANT).label("until"),
            case((whole, own.code)).label("code"),
            own.filing_seq.label("place"),
            case((whole, party.c.name)).label("holder"),
            case((more, own.licence_type)).label("licence_type"),
            case((more, own.minerals), else_=cast(null(), ARRAY(Text))).label("minerals"),
            case((more, own.office)).label("office"),
            case((whole, own.district)).label("district"),
            own.hectares,
        )
        .join(party, party.c.id == own.party_id)
        .where(own.status.in_((Status.LODGED, Status.ISSUING)))
    )
