"""Approve a zone: the second signature, by somebody else, from which on it has effect."""

from chassis.unit_of_work import UnitOfWork
from kernel.authority import Power
from kernel.problems import NotAllowed
from services.cadastre.acts.propose_zone import must_be_at_home
from services.cadastre.desk import Desk
from services.cadastre.domain.zone import Zone
from services.cadastre.store import places
from services.cadastre.store.locks import lock_ground
from services.cadastre.store.shape import box_mm

APPROVED = "zone.approved"


def approve_zone(work: UnitOfWork, desk: Desk, name: str) -> Zone:
    """Grants on its ground wait: after this leaf none is made that has not read the zone.

    Raises NotFound, NotAllowed, SecondPersonNeeded, ZoneApproved and OutsideJurisdiction: the
    ground may have come to another office since it was proposed.
    """
    zones = places.Zones(work.session)
    lock_ground(work.session, box_mm(zones.ground(name)))
    zone = zones.take(name)
    work.actor.must(Power.APPROVE_ZONE, zone.office, work.now)
    if work.actor.person is None:
        raise NotAllowed("A zone is approved by a person")
    zone.approve(work.actor.person, work.now)
    must_be_at_home(work, desk, zone)
    version = places.raise_version(work.session)
    work.append(
        APPROVED,
        f"zone:{zone.id}",
        {"zone": zone.id, "by": work.actor.person, "register_version": version},
    )
    return zone
