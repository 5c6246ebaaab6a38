"""Enter an application area: the ground of a lodged application takes its place."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from shapely import set_srid

from chassis.unit_of_work import UnitOfWork
from contracts.cadastre.language import ApplicationAreaStatus
from contracts.cadastre.statement import PURPOSE
from contracts.command_args import EnterArea
from contracts.procedures import Ack, Tell
from kernel.events import EditionRef
from kernel.facts import AREA_DISPLACED, AREA_ENTERED
from kernel.problems import Problem
from services.cadastre.acts.move_application_area import move_application_area
from services.cadastre.desk import Desk
from services.cadastre.domain.application_area import ApplicationArea
from services.cadastre.domain.core import core_of
from services.cadastre.domain.display import in_degrees, in_plane
from services.cadastre.domain.law import GroundLaw, Right
from services.cadastre.domain.seniority import Displaced, told_of
from services.cadastre.domain.stated import StatedGround, read_statement
from services.cadastre.store import places
from services.cadastre.store.application_areas import ApplicationAreas, Rival
from services.cadastre.store.locks import lock_ground
from services.cadastre.store.shape import many


class GroundStatementMissing(Problem):
    """An application for ground is entered from the statement that it was lodged with."""

    title = "The application came without its ground statement"


def enter_application_area(
    work: UnitOfWork, desk: Desk, application: UUID, edition: EditionRef, entry: EnterArea
) -> Ack:
    """Marks juniors displaced by it and it by seniors, where the edition of either forbids both on
    one ground: the same end for every order of arrival.

    Each junior, be it this one or another, is told once of the seniors it meets now: how many,
    what they leave of it, and the places of the nearest with the hectares each takes, not whose
    they are. An area entered before is left as it is, but for its condition, which falls when the
    place was paid for, and for its place, which may have become a later one. Raises NotGenuine and
    what the statement lacks.
    """
    areas = ApplicationAreas(work.session)
    if (known := areas.find(application)) is not None:
        return _again(work, desk, known, entry)
    law = desk.law_of(edition)
    ground = _stated(desk, law, entry)
    area = _area(work, law, ground, application, edition, entry)
    lock_ground(work.session, ground.area.bbox())
    if (known := areas.find(application)) is not None:  # entered beside us, before we had the lock
        return _again(work, desk, known, entry)
    rivals = areas.rivals(area, desk.apart_from(area))
    areas.add(area)
    seniors = [one for one in rivals if one.area.filing_seq < area.filing_seq]
    juniors = [one for one in rivals if one.area.filing_seq > area.filing_seq]
    areas.note((one.area.application_id, application, one.hectares) for one in seniors)
    areas.note((application, one.area.application_id, one.hectares) for one in juniors)
    area.stand(displaced=bool(seniors))
    for one in juniors:
        one.area.stand(displaced=True)
    work.session.flush()
    if desk.shows(area):
        places.raise_version(work.session)
    return _tell(work, areas, area, seniors, juniors, edition)


def _again(work: UnitOfWork, desk: Desk, known: ApplicationArea, entry: EnterArea) -> Ack:
    known.conditional = known.conditional and entry.conditional
    return move_application_area(work, desk, known, entry.filing_seq)


def _stated(desk: Desk, law: GroundLaw, entry: EnterArea) -> StatedGround:
    if entry.ground is None:
        raise GroundStatementMissing("Nothing says which ground was asked for")
    body = desk.keyring.verify(entry.ground, PURPOSE)
    return read_statement(body, law, entry.licence_type, desk.is_training)


def _area(
    work: UnitOfWork,
    law: GroundLaw,
    ground: StatedGround,
    application: UUID,
    edition: EditionRef,
    entry: EnterArea,
) -> ApplicationArea:
    plane = law.plane
    right = Right(entry.licence_type, tuple(sorted(set(entry.minerals))))
    core = many(core_of(ground.area, law.sliver_mm(entry.licence_type)))
    return ApplicationArea(
        application_id=application,
        filing_seq=entry.filing_seq,
        lodged_at=entry.lodged_at,
        licence_type=right.licence_type,
        minerals=list(right.minerals),
        layers=list(law.layers(right)),
        status=ApplicationAreaStatus.STANDING,
        conditional=entry.conditional,
        office=ground.statement.office,
        edition=edition.model_dump(),
        statement=ground.statement.id,
        checked_at=ground.statement.checked_at,
        geometry_hash=ground.geometry_hash,
        hectares=Decimal(ground.statement.hectares["legal"]),
        cells=ground.packed_cells(),
        entered_at=work.now,
        plane=plane.srid,
        geom=in_plane(ground.area, plane),
        core=set_srid(core, plane.srid),
        lonlat=in_degrees(ground.area, plane),
    )


def _tell(
    work: UnitOfWork,
    areas: ApplicationAreas,
    area: ApplicationArea,
    seniors: Sequence[Rival],
    juniors: Sequence[Rival],
    edition: EditionRef,
) -> Ack:
    """The entry first, then each junior by its id; all is reckoned before the log is locked."""
    mine = Displaced(area, areas.net_hectares(area), [_taker(one) for one in seniors])
    others = [
        Displaced(one.area, areas.net_hectares(one.area), [(area.filing_seq, one.hectares)])
        for one in juniors
    ]
    entered = work.record(
        area.application_id,
        AREA_ENTERED,
        {
            "filing_seq": area.filing_seq,
            "hectares": str(area.hectares),
            "net_hectares": str(mine.net),
            "junior_to": len(seniors),
            "seniors": told_of(mine.takers),
            "displaces": len(juniors),
            "conditional": area.conditional,
            "geometry_hash": area.geometry_hash,
        },
        tell=[Tell.application(area.application_id)],
        edition=edition,
    )
    for one in [mine, *others] if seniors else others:
        _tell_displaced(work, one)
    return Ack(seq=entered.seq)


def _taker(one: Rival) -> tuple[int, Decimal]:
    return one.area.filing_seq, one.hectares


def _tell_displaced(work: UnitOfWork, one: Displaced) -> None:
    """Every junior hears of every senior once, whichever of the two arrived first."""
    junior = one.junior
    work.record(
        junior.application_id,
        AREA_DISPLACED,
        one.told(),
        tell=[Tell.application(junior.application_id)],
        edition=junior.edition_ref,
    )
