"""Clients for R1: they file under their own keys until every answer has come, patient or not."""

import base64
import hashlib
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import httpx

from chassis.signing import Signer
from tests.experiments.filing import JPEG, a_person

PATIENT: Final = 10.0
IMPATIENT: Final = (0.03, 0.6)
PAUSE: Final = 0.1
AWAY: Final = 0.5  # seconds that a client waits, at most, before it knocks at a shut door again
LONGEST: Final = 600.0
OUTAGE: Final = (429, 500, 502, 503, 504)
MISTAKE: Final = 500  # asked again like an outage, and counted as a breach
REPEATED: Final = 0.15


class GaveUp(Exception):
    """No answer came in ten minutes, or one that no client can go on with."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """One creating request and its answer."""

    key: str
    path: str
    answer: bytes


@dataclass
class Client:
    """One of the sixteen. Impatient ones hang up early; all of them repeat under the same key."""

    url: str
    who: dict[str, str]
    signer: Signer
    edition: str
    chance: random.Random
    impatient: bool
    done: list[Acknowledged] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)
    differing: list[str] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)

    def file(self, number: int) -> None:
        """So many applications: a party, a draft, a paper, the lodgement."""
        with httpx.Client(base_url=self.url, trust_env=False) as http:
            for _ in range(number):
                person = a_person(f"{self.chance.getrandbits(64):x}")
                party = self.post(http, "/v1/parties", person)["id"]
                asked = {"licence_type": "artisanal-permit", "party": party, "minerals": ["gold"]}
                draft = self.post(http, "/v1/applications", asked)["id"]
                self.paper(http, draft)
                ground = {"ground": self.signer.sign(statement(self.chance, self.edition))}
                self.post(http, f"/v1/applications/{draft}/lodgement", ground)

    def post(self, http: httpx.Client, path: str, body: Any) -> Any:
        key = str(UUID(int=self.chance.getrandbits(128)))
        headers = {**self.who, "Idempotency-Key": key}
        answer = self.insist(http, "POST", path, headers, {"json": body})
        if self.chance.random() < REPEATED:
            self.seen["repeats"] += 1
            again = self.insist(http, "POST", path, headers, {"json": body})
            if again.content != answer.content:
                self.differing.append(path)
        self.done.append(Acknowledged(key, path, answer.content))
        return answer.json()

    def paper(self, http: httpx.Client, draft: str) -> None:
        digest = base64.b64encode(hashlib.sha256(JPEG).digest()).decode()
        headers = {
            **self.who, "Content-Type": "image/jpeg", "Repr-Digest": f"sha-256=:{digest}:",
        }
        path = f"/v1/applications/{draft}/documents/identity/1"
        self.insist(http, "PUT", path, headers, {"content": JPEG})

    def insist(
        self, http: httpx.Client, method: str, path: str, headers: dict[str, str], ask: Any
    ) -> httpx.Response:
        """Again and again the same, until it is answered. Raises GaveUp."""
        until = time.monotonic() + LONGEST
        while time.monotonic() < until:
            try:
                found = http.request(method, path, headers=headers, timeout=self.patience(), **ask)
            except httpx.TransportError as away:
                kind = "hung up" if isinstance(away, httpx.TimeoutException) else "cut off"
                self.seen[kind] += 1
                time.sleep(self.chance.uniform(0, AWAY) if kind == "cut off" else 0)
            else:
                if found.status_code < 300:
                    return found
                self.seen[f"answers {found.status_code}"] += 1
                if found.status_code == MISTAKE:
                    self.mistakes.append(f"{method} {path}: {found.text[:200]}")
                if found.status_code not in OUTAGE:
                    raise GaveUp(f"{method} {path}: {found.status_code} {found.text[:300]}")
            time.sleep(self.chance.uniform(0, PAUSE))
        raise GaveUp(f"{method} {path}: no answer")

    def patience(self) -> float:
        return self.chance.uniform(*IMPATIENT) if self.impatient_now() else PATIENT

    def impatient_now(self) -> bool:
        """Even the impatient wait now and then; otherwise a slow machine would starve them."""
        return self.impatient and self.chance.random() < 0.7


def statement(chance: random.Random, edition: str) -> dict[str, Any]:
    """Some ground in the north, as the cadastre would state it."""
    now = datetime.now(UTC)
    x, y = chance.randrange(400_000, 480_000) * 1000, chance.randrange(9_600_000, 9_610_000) * 1000
    far_x, far_y = x + 253_000, y + 253_000
    return {
        "v": 1,
        "id": str(uuid4()),
        "country": "example",
        "licence_type": "artisanal-permit",
        "minerals": ["gold"],
        "geometry": {
            "crs": "EPSG:32736", "mm": [[[[x, y], [far_x, y], [far_x, far_y], [x, far_y]]]],
        },
        "geometry_hash": f"{chance.getrandbits(256):064x}",
        "bbox_mm": [x, y, far_x, far_y],
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
        "edition": edition,
        "register_version": 1,
        "hits": [],
        "known_workings": 0,
        "checked_at": spell(now - timedelta(minutes=5)),
        "valid_until": spell(now + timedelta(hours=23)),
        "training": True,
    }


def spell(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
