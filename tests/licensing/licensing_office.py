"""Who stands before licensing in tests: applicants and officers with tokens, and the cadastre."""

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from fastapi import FastAPI
from starlette.testclient import TestClient

from chassis.clock import Clock
from chassis.signing import Signer
from chassis.unit_of_work import Works
from kernel.authority import Actor, Appointment, Power, Realm
from kernel.events import ActorKind
from services.licensing.acts.import_members import import_members
from services.licensing.desk import Desk
from services.licensing.settings import Settings
from tests.own_database import LONG_AGO, appoint, as_owner
from tests.token_issuer import TokenIssuer

JPEG = b"\xff\xd8\xff\xe0" + bytes(64)
PAPERS = ("identity", "members-list", "site-photograph", "landholder-consent", "environment-pledge")
NEEDED = ("identity", "members-list")
CURABLE = ("site-photograph", "landholder-consent")


@dataclass
class OfficeOfTests:
    """The service under test. Times are the service's own legal time."""

    client: TestClient
    settings: Settings
    issuer: TokenIssuer
    app: FastAPI
    cadastre: Signer = field(init=False)

    def __post_init__(self) -> None:
        self.cadastre = Signer.load(self.settings.keys, "cadastre-statements")

    @property
    def works(self) -> Works:
        return Works(self.app.state.database.sessions)

    @property
    def desk(self) -> Desk:
        found: Desk = self.app.state.desk
        return found

    def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the database as its owner."""
        return as_owner(self.settings, statement, *values)

    def now(self) -> datetime:
        with self.app.state.database.sessions() as session:
            return Clock("training").legal_now(session)

    def today(self) -> date:
        """The day it is at the offices."""
        return self.desk.law.today(self.now())

    # who asks

    def applicant(self, sub: str | None = None) -> dict[str, str]:
        return self.issuer.headers("public", sub or f"p-{uuid4().hex[:12]}")

    def officer(
        self,
        office: str,
        *powers: Power,
        agency: str = "mines",
        sub: str | None = None,
        **claims: Any,
    ) -> dict[str, str]:
        """Headers of an officer with a live appointment at `office`; none without powers."""
        sub = sub or f"o-{uuid4().hex[:12]}"
        if powers:
            self.appoint(f"staff:{sub}", office, *powers, agency=agency)
        told = {"groups": [f"/agencies/{agency}/{office}"], **claims}
        return self.issuer.headers("staff", sub, **told)

    def appoint(self, person: str, office: str, *powers: Power, agency: str = "mines") -> None:
        appoint(self.settings, person, agency, office, *powers)

    @staticmethod
    def key() -> dict[str, str]:
        return {"Idempotency-Key": str(uuid4())}

    # what they do

    def post(self, who: dict[str, str], path: str, body: Any = None, **headers: str) -> Any:
        told = {**who, **self.key(), **headers}
        return self.client.post(f"/v1{path}", json={} if body is None else body, headers=told)

    def get(self, who: dict[str, str], path: str) -> Any:
        return self.client.get(f"/v1{path}", headers=who)

    def cooperative(self, who: dict[str, str], members: int = 5) -> str:
        """A cooperative with members, proven by its certificate; gives its id."""
        made = self.post(
            who,
            "/parties",
            {
                "kind": "cooperative",
                "name": "Green Hill",
                "evidence": [{"kind": "certificate-of-registration", "number": f"C-{uuid4()}"}],
            },
        )
        assert made.status_code == 201, made.text
        party = made.json()["id"]
        if members:
            self.enrol(UUID(party), members)
        return str(party)

    def enrol(self, party: UUID, members: int) -> None:
        """Members since a month ago, all women, in one act of whoever speaks for the party."""
        since = (self.now() - timedelta(days=30)).date().isoformat()
        rows = [["name", "sex", "born", "since"]]
        rows += [[f"Member {n}", "F", "1980", since] for n in range(members)]
        ((person, helper, counter),) = self.sql(
            "select person, helper, counter from party where id = %s", party
        )
        by = owner(person) if person else clerk(helper, counter)
        desk = self.desk
        self.works.run(by, lambda work: import_members(work, desk.law, party, rows))

    def draft(self, who: dict[str, str], party: str | None = None, **content: Any) -> str:
        """A draft for an artisanal permit; gives its id."""
        asked = {
            "licence_type": "artisanal-permit",
            "party": party or self.cooperative(who),
            "minerals": ["gold"],
            **content,
        }
        made = self.post(who, "/applications", asked)
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    def put_paper(
        self,
        who: dict[str, str],
        draft: str,
        kind: str,
        n: int = 1,
        content: bytes = JPEG,
        **headers: str,
    ) -> Any:
        digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
        told = {
            **who,
            "Content-Type": "image/jpeg",
            "Repr-Digest": f"sha-256=:{digest}:",
            **headers,
        }
        path = f"/v1/applications/{draft}/documents/{kind}/{n}"
        return self.client.put(path, content=content, headers=told)

    def ready(self, who: dict[str, str], *papers: str, **content: Any) -> str:
        """A draft with its needed papers (or those named)."""
        draft = self.draft(who, **content)
        for paper in papers or NEEDED:
            done = self.put_paper(who, draft, paper)
            assert done.status_code == 200, done.text
        return draft

    def statement(self, **members: Any) -> dict[str, Any]:
        """A ground statement as the cadastre signs it: 6.4 ha in the north, gold."""
        now = self.now()
        body = {
            "v": 1,
            "id": str(uuid4()),
            "country": "example",
            "licence_type": "artisanal-permit",
            "minerals": ["gold"],
            "geometry": {"crs": "EPSG:32736", "mm": [[SQUARE]]},
            "geometry_hash": "ab" * 32,
            "bbox_mm": [450_000_000, 9_600_000_000, 450_253_000, 9_600_253_000],
            "hectares": {"legal": "6.4", "planar": "6.4"},
            "units": None,
            "net_hectares": "6.4",
            "office": "mines-north",
            "offices": {
                "mines": "mines-north",
                "environment": "environment-north",
                "councils": "council-hillside",
                "lands": "lands-registry",
            },
            "other_offices": [],
            "zone": None,
            "edition": self.desk.law.country.newest.ref.edition,
            "register_version": 1,
            "hits": [],
            "known_workings": 0,
            "checked_at": spell(now - timedelta(minutes=5)),
            "valid_until": spell(now + timedelta(hours=23)),
            "training": True,
        }
        return self.cadastre.sign(body | members)

    def lodge(self, who: dict[str, str], draft: str, **other: Any) -> Any:
        body = {"ground": self.statement(), **other}
        return self.post(who, f"/applications/{draft}/lodgement", body)

    def lodged(self, who: dict[str, str], *papers: str, **other: Any) -> dict[str, Any]:
        """A lodged application; gives the answer to the lodgement."""
        done = self.lodge(who, self.ready(who, *papers), **other)
        assert done.status_code == 201, done.text
        return dict(done.json())

    def journal(self, case: str | UUID) -> list[tuple[Any, ...]]:
        return self.sql(
            "select seq, name, at, legal_at, payload, log_index from journal"
            " where case_id = %s order by seq",
            case,
        )


SQUARE = [
    [450_000_000, 9_600_000_000],
    [450_253_000, 9_600_000_000],
    [450_253_000, 9_600_253_000],
    [450_000_000, 9_600_253_000],
]


def owner(person: str) -> Actor:
    """The account that acts for a party."""
    return Actor(kind=ActorKind.APPLICANT, person=person, realm=Realm.PUBLIC)


def clerk(person: str, counter: str) -> Actor:
    """The officer who helps at a counter."""
    powers = frozenset({Power.ASSIST_AT_COUNTER})
    return Actor(
        kind=ActorKind.OFFICER,
        person=person,
        realm=Realm.STAFF,
        offices=frozenset({f"/agencies/mines/{counter}"}),
        appointments=(Appointment(person, "mines", counter, powers, LONG_AGO),),
    )


def spell(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
