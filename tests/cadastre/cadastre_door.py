"""Who knocks at the cadastre's door in its tests, and what the door answers."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from contracts.procedures import AppointmentCopy
from kernel.authority import Actor, Power, Realm
from kernel.events import ActorKind
from services.cadastre.domain.planes import Plane

PLANE = Plane("EPSG:32736")
POWERS = (Power.PROPOSE_ZONE, Power.APPROVE_ZONE, Power.READ_CASES)
AT = {"proposer": "mines-north", "approver": "mines-north", "stranger": "mines-south"}


def officer(name: str, office: str = "mines-north") -> Actor:
    return Actor(
        kind=ActorKind.OFFICER,
        person=f"staff:{name}",
        realm=Realm.STAFF,
        offices=frozenset({f"/agencies/mines/{office}"}),
        acr="2",
    )


ACTORS = {
    "proposer": officer("proposer"),
    "approver": officer("approver"),
    "stranger": officer("stranger", "mines-south"),
    "miner": Actor(kind=ActorKind.APPLICANT, person="public:m", realm=Realm.PUBLIC),
}


def just_signed_in(name: str) -> Actor:
    """Who that bearer is; officers gave their second factor this very moment."""
    actor = ACTORS[name]
    return replace(actor, auth_time=datetime.now(UTC)) if actor.acr else actor


def signed_in(name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {name}", "Idempotency-Key": str(uuid4())}


def copies() -> list[AppointmentCopy]:
    """The officers' appointments, as licensing would send them."""
    return [
        AppointmentCopy(
            key=f"copy:{name}",
            id=uuid4(),
            person=f"staff:{name}",
            agency="mines",
            office=office,
            powers=[power.value for power in POWERS],
            since=datetime(2026, 1, 1, tzinfo=UTC),
            version=1,
        )
        for name, office in AT.items()
    ]


def slug_of(answer: Any) -> str:
    return str(answer.json()["type"].rsplit(":", 1)[-1])


def body_of(what: Any) -> dict[str, Any]:
    return json.loads(what.model_dump_json(exclude_none=True))
