"""Check ground: answers with a signed statement of what the register knows of asked ground."""

from typing import Any

from chassis.unit_of_work import UnitOfWork
from contracts.cadastre.statement import SignedStatement
from contracts.cadastre.wire import GroundAsked, GroundChecked
from kernel.law.plan import GroundRule
from kernel.problems import NotFound, Problem
from services.cadastre.desk import Desk
from services.cadastre.domain.area import MM
from services.cadastre.domain.core import core_of
from services.cadastre.domain.drawing import (
    AskInOneWay,
    Drawing,
    NoGroundOfItsOwn,
    draw,
    measure,
    way_of,
)
from services.cadastre.domain.law import GroundLaw, Right
from services.cadastre.domain.meeting import conflicts, net
from services.cadastre.domain.offices import must_cover, must_lead
from services.cadastre.domain.statement import Checked, Found, report, state
from services.cadastre.store import places
from services.cadastre.store.checks import keep_check
from services.cadastre.store.hits import Asked, Underneath
from services.cadastre.store.shape import many


class ZoneNotOpen(Problem):
    """A right of this kind may be held in zones of other kinds only."""

    title = "This licence type is not given in this zone"


def check_ground(work: UnitOfWork, desk: Desk, asked: GroundAsked) -> GroundChecked:
    """The statement is kept as it was signed. It is an answer, no fact of any case.

    Raises what the readers of corners raise (422 with the corner named), AreaBeyondLimits,
    TooManyParts, OutsideCountry, ZoneNotOpen, NoGroundOfItsOwn.
    """
    law = desk.law_on(work.now)
    right = law.right(asked.licence_type, asked.minerals)
    rule = law.ground(asked.licence_type).rule
    if rule is GroundRule.EXCLUSIVE_AREA:
        checked, found = _area(work, desk, law, right, asked)
    elif rule is GroundRule.INSIDE_ZONE:
        checked, found = _zone(work, desk, law, right, asked), None
    else:
        raise NoGroundOfItsOwn(
            "An application for this licence type is lodged without a ground statement",
            rule=rule.value,
        )
    body = state(checked, found)
    signed = desk.signer.sign(body)
    _keep(work, signed)
    return GroundChecked(
        statement=SignedStatement.model_validate(signed), report=report(checked, body, found)
    )


def _area(
    work: UnitOfWork, desk: Desk, law: GroundLaw, right: Right, asked: GroundAsked
) -> tuple[Checked, Found]:
    drawing = draw(law, asked)
    measured = measure(law, right.licence_type, drawing, asked.declared_hectares)
    ground = underneath(work, law, right, drawing)
    today, shape = desk.today(work.now), drawing.area.shape()
    met = ground.met(work.now, today, law.known_workings_within())
    first = drawing.area.parts[0][0][0]
    offices = ground.offices(today, law.marked_point(shape, (first[0] / MM, first[1] / MM)))
    must_cover(offices, law.lead_agency(right.licence_type), shape.area)
    checked = Checked(
        work.new_id(), law, right, work.now, places.version(work.session),
        desk.is_training, offices,
    )
    found = conflicts(law, right, met, shape)
    left = net(shape, found, measured.legal)
    return checked, Found(drawing, measured, found, left, met.workings.count)


def underneath(work: UnitOfWork, law: GroundLaw, right: Right, drawing: Drawing) -> Underneath:
    """What lies under a drawing, conflicts judged by its core."""
    core = core_of(drawing.area, law.sliver_mm(right.licence_type))
    asked = Asked(law.plane.srid, drawing.area.shape(), many(core))
    return Underneath(work.session, asked)


def _zone(
    work: UnitOfWork, desk: Desk, law: GroundLaw, right: Right, asked: GroundAsked
) -> Checked:
    """The office of a right inside a zone is the zone's."""
    if way_of(asked) != "zone" or asked.zone is None:
        raise AskInOneWay("This licence type is tied to a zone: name the zone")
    zone = places.Zones(work.session).find(asked.zone)
    if zone is None or not zone.holds(work.now):
        raise NotFound("There is no such zone")
    kinds = law.ground(right.licence_type).zone_kinds
    if zone.kind not in kinds:
        raise ZoneNotOpen(
            "This licence type is given in zones of other kinds", zone_kinds=list(kinds)
        )
    shape = zone.geom
    ground = Underneath(work.session, Asked(law.plane.srid, shape, shape))
    here = shape.representative_point()
    offices = ground.offices(desk.today(work.now), (here.x, here.y))
    must_lead(offices, law.lead_agency(right.licence_type))
    return Checked(
        work.new_id(), law, right, work.now, places.version(work.session),
        desk.is_training, offices, zone.id,
    )


def _keep(work: UnitOfWork, signed: dict[str, Any]) -> None:
    body = signed["body"]
    keep_check(
        work.session,
        body["id"],
        work.now,
        body["licence_type"],
        body["geometry_hash"],
        signed,
        signed_in=work.actor.person is not None,
    )
