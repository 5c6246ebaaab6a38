"""What the tests of the cadastre share: plots of the example country and the acts on them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from chassis.database import Database
from chassis.unit_of_work import Works
from contracts.cadastre.wire import Corners, GroundAsked, GroundChecked
from contracts.command_args import EnterArea
from contracts.procedures import Ack, GrantArea
from kernel.authority import NOBODY, Actor, clockwork
from kernel.events import EditionRef
from services.cadastre.acts.check_ground import check_ground
from services.cadastre.acts.confirm_area import confirm_area
from services.cadastre.acts.enter_application_area import enter_application_area
from services.cadastre.acts.grant_area import grant_area
from services.cadastre.acts.release_application_area import release_application_area
from services.cadastre.desk import Desk

FREE = (440_000.0, 9_600_000.0)  # mines-north, environment-south, council-riverside; no zone
WORK = clockwork("cadastre")
Ring = list[tuple[float, float]]


def plot(east: float = 0, north: float = 0, width: float = 200, height: float = 300) -> Ring:
    """A rectangle in metres of the plane, its corner set off from free ground."""
    x, y = FREE[0] + east, FREE[1] + north
    return [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]


def asked(*rings: Ring, licence_type: str = "artisanal-permit", **more: Any) -> GroundAsked:
    corners = Corners(crs="EPSG:32736", rings=[[(str(x), str(y)) for x, y in r] for r in rings])
    more.setdefault("minerals", ["gold"])
    return GroundAsked(licence_type=licence_type, corners=corners, **more)


def cells(*pairs: tuple[int, int], **more: Any) -> GroundAsked:
    more.setdefault("minerals", ["gold"])
    return GroundAsked(licence_type="small-scale-licence", cells=list(pairs), **more)


@dataclass
class Register:
    """The acts, each in a transaction of its own."""

    database: Database
    desk: Desk
    places: Any = field(default_factory=lambda: count(1))

    @property
    def works(self) -> Works:
        return Works(self.database.sessions)

    @property
    def edition(self) -> EditionRef:
        return self.desk.country.newest.ref

    def check(self, what: GroundAsked, actor: Actor = NOBODY) -> GroundChecked:
        return self.works.run(actor, lambda work: check_ground(work, self.desk, what))

    def entry(self, what: GroundAsked, seq: int | None = None, **more: Any) -> EnterArea:
        signed = self.check(what).statement.model_dump(mode="json")
        return EnterArea(
            filing_seq=next(self.places) if seq is None else seq,
            lodged_at=datetime.now(UTC),
            conditional=more.get("conditional", False),
            ground=signed,
            licence_type=what.licence_type,
            minerals=list(what.minerals),
        )

    def enter(
        self, what: GroundAsked | EnterArea, application: UUID | None = None, seq: int | None = None
    ) -> UUID:
        application = application or uuid4()
        entry = what if isinstance(what, EnterArea) else self.entry(what, seq)
        self.works.run(
            WORK,
            lambda work: enter_application_area(work, self.desk, application, self.edition, entry),
        )
        return application

    def grant_of(self, application: UUID, what: GroundAsked, **more: Any) -> GrantArea:
        begin = more.get("valid_from", datetime.now(UTC))
        return GrantArea(
            key=f"{application}:grant:{uuid4()}",
            subject=more.get("issuance", uuid4()),
            application_id=application,
            edition=self.edition,
            licence_code=more.get("code", f"T-{uuid4().hex[:8]}"),
            licence_type=what.licence_type,
            minerals=list(what.minerals),
            valid_from=begin,
            valid_to=more.get("valid_to", begin + timedelta(days=3 * 365)),
        )

    def grant(self, application: UUID, what: GroundAsked, **more: Any) -> GrantArea:
        wanted = self.grant_of(application, what, **more)
        self.works.run(WORK, lambda work: grant_area(work, self.desk, wanted))
        return wanted

    def confirm(self, grant: GrantArea) -> Ack:
        return self.works.run(WORK, lambda work: confirm_area(work, grant.subject))

    def release(self, application: UUID, reason: str = "refused") -> Ack:
        return self.works.run(
            WORK, lambda work: release_application_area(work, self.desk, application, reason)
        )
