"""Files applications as a person does over HTTP: a party, a draft, its papers, the lodgement."""

import base64
import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

JPEG = b"\xff\xd8\xff\xe0" + bytes(64)
PAPERS = {
    "artisanal-permit": ("identity",),
    "small-scale-licence": ("identity", "work-programme"),
    "buyers-licence": ("identity",),
}
COMPLETE = {
    "artisanal-permit": (*PAPERS["artisanal-permit"], "site-photograph", "landholder-consent"),
    "small-scale-licence": (
        *PAPERS["small-scale-licence"], "environment-plan", "landholder-consent",
    ),
}
"""With the papers too without which no licence is issued."""


def a_person(number: str) -> dict[str, Any]:
    """A miner of that card's number."""
    return {
        "kind": "person", "name": "A Miner", "nationality": "EX", "sex": "female",
        "birth_year": 1980, "evidence": [{"kind": "national-card", "number": number}],
    }


class NotTaken(AssertionError):
    """A filing that should have been received was refused."""


@dataclass(frozen=True, slots=True)
class Filer:
    """One person before licensing. `client` is an HTTP client whose base is the service."""

    client: Any
    who: dict[str, str]

    def post(
        self, path: str, body: Any, key: str | None = None, expect: int = 201, **headers: str
    ) -> Any:
        told = {**self.who, "Idempotency-Key": key or str(uuid4()), **headers}
        answer = self.client.post(f"/v1{path}", json=body, headers=told)
        if answer.status_code != expect:
            raise NotTaken(f"{path}: {answer.status_code} {answer.text[:300]}")
        return answer.json()

    def party(self) -> str:
        return str(self.post("/parties", a_person(str(uuid4())))["id"])

    def draft(self, licence_type: str, minerals: tuple[str, ...], party: str, **more: Any) -> str:
        asked = {"licence_type": licence_type, "party": party, "minerals": list(minerals), **more}
        return str(self.post("/applications", asked)["id"])

    def put_paper(self, draft: str, kind: str, content: bytes = JPEG) -> None:
        digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
        told = {
            **self.who, "Content-Type": "image/jpeg", "Repr-Digest": f"sha-256=:{digest}:",
        }
        path = f"/v1/applications/{draft}/documents/{kind}/1"
        answer = self.client.put(path, content=content, headers=told)
        if answer.status_code != 200:
            raise NotTaken(f"{path}: {answer.status_code} {answer.text[:300]}")

    def ready(
        self, licence_type: str, minerals: tuple[str, ...] = ("gold",), **more: Any
    ) -> str:
        """A draft of a person with every paper that must be there at lodgement."""
        draft = self.draft(licence_type, minerals, more.pop("party", None) or self.party(), **more)
        for kind in PAPERS[licence_type]:
            self.put_paper(draft, kind)
        return draft

    def lodge(self, draft: str, ground: Any, key: str | None = None) -> Any:
        return self.post(f"/applications/{draft}/lodgement", {"ground": ground}, key)
