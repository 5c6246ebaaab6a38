"""Every operation of every service, called by its own powers as its OpenAPI document says."""

import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from chassis.settings import ServiceSettings
from kernel.authority import Power
from tests.experiments.scratch import SERVICES, Scratch, scratch
from tests.own_database import appoint

OFFICE = ("mines", "mines-north")
OWN_PROOF = {"/phone/token", "/v1/delivery/reports/{provider}"}
"""Public by token, guarded by a secret of the machine that calls."""
PARAMETERS = {
    "office": OFFICE[1], "kind": "identity", "n": "1", "provider": "sms",
    "layer": "licences", "z": "10", "x": "605", "y": "522",
}
KEYED = {"index": 0, "first": 0}


@dataclass(frozen=True, slots=True)
class Operation:
    method: str
    path: str
    rule: dict[str, Any]

    @property
    def address(self) -> str:
        return re.sub(r"{(\w+)}", lambda it: PARAMETERS.get(it[1], str(uuid4())), self.path)

    @property
    def any_of(self) -> tuple[Power, ...]:
        return tuple(Power(power) for power in self.rule.get("any_of", ()))

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Door:
    """One service, its published operations, and people of every kind before it."""

    service: str
    settings: ServiceSettings
    place: Scratch
    client: TestClient

    @property
    def operations(self) -> list[Operation]:
        document = self.client.get("/openapi.json").json()
        return [
            Operation(method.upper(), path, operation["x-powers"])
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
        ]

    def call(self, operation: Operation, who: dict[str, str]) -> Any:
        headers = {
            **who, "Idempotency-Key": str(uuid4()), "If-Match": '"1"',
            "Content-Type": "application/json", "X-Forwarded-For": uuid4().hex[:12],
        }
        ask: dict[str, Any] = {"headers": headers, "params": KEYED}
        if operation.method != "GET":
            ask["content"] = b"{}"
        return self.client.request(operation.method, operation.address, **ask)

    def miner(self) -> dict[str, str]:
        return self.place.issuer.headers("public", uuid4().hex)

    def officer(self, *powers: Power, **claims: Any) -> dict[str, str]:
        sub = uuid4().hex
        if powers:
            appoint(self.settings, f"staff:{sub}", *OFFICE, *powers)
        groups = [f"/agencies/{OFFICE[0]}/{OFFICE[1]}"]
        return self.place.issuer.headers("staff", sub, groups=groups, **claims)


@pytest.fixture(scope="module", params=SERVICES)
def door(request: pytest.FixtureRequest, postgres: str) -> Iterator[Door]:
    with scratch(postgres) as place:
        settings = place.settings(request.param, portal_address="testclient", pool=4)
        with TestClient(place.app(settings), follow_redirects=False) as client:
            yield Door(request.param, settings, place, client)


def slug(answer: Any) -> str:
    if "problem+json" not in answer.headers.get("content-type", ""):
        return ""
    return str(answer.json()["type"].rsplit(":", 1)[-1])


def refused(answer: Any) -> str | None:
    """How the door itself refuses; what an act says later is another matter."""
    found = slug(answer)
    if answer.status_code == 401 or found in ("not-signed-in", "step-up-needed"):
        return found or "401"
    shut = answer.status_code == 403 and found == "not-allowed"
    return found if shut else None


def test_every_operation_says_who_may_use_it(door: Door) -> None:
    app = importlib.import_module(f"services.{door.service}.app")
    assert app.create_app
    assert len(door.operations) > 10
    assert {one.rule["who"] for one in door.operations} <= {
        "public", "anybody-signed-in", "applicant", "staff",
    }


def test_public_operations_ask_for_no_token_and_all_others_do(door: Door) -> None:
    wrong = []
    for operation in door.operations:
        answer = door.call(operation, {})
        is_public = operation.rule["who"] == "public"
        if operation.path in OWN_PROOF:
            continue
        if is_public == (answer.status_code == 401) or answer.status_code >= 500:
            wrong.append(f"{operation}: {answer.status_code} {slug(answer)}")
    assert not wrong, "\n".join(wrong)


def test_a_token_of_the_wrong_realm_is_refused(door: Door) -> None:
    wrong = []
    strangers = {"staff": door.miner(), "applicant": door.officer(*Power)}
    for operation in door.operations:
        if operation.rule["who"] in strangers:
            answer = door.call(operation, strangers[operation.rule["who"]])
            if answer.status_code != 403:
                wrong.append(f"{operation}: {answer.status_code} {slug(answer)}")
    assert not wrong, "\n".join(wrong)


def test_each_declared_power_opens_and_every_other_does_not(door: Door) -> None:
    wrong = []
    for operation in door.operations:
        others = set(Power) - set(operation.any_of)
        for power in operation.any_of:
            answer = door.call(operation, door.officer(power))
            if refused(answer) or answer.status_code >= 500:
                wrong.append(f"{operation} with {power}: {answer.status_code} {slug(answer)}")
        answer = door.call(operation, door.officer(*others)) if operation.any_of else None
        if answer is not None and answer.status_code != 403:
            wrong.append(f"{operation} without: {answer.status_code} {slug(answer)}")
    assert not wrong, "\n".join(wrong)


def test_an_officer_without_appointment_may_do_nothing_that_wants_a_power(door: Door) -> None:
    nobody = door.officer()
    wrong = [
        f"{operation}: {answer.status_code}"
        for operation in door.operations
        if operation.any_of and (answer := door.call(operation, nobody)).status_code != 403
    ]
    assert not wrong, "\n".join(wrong)


def test_step_up_wants_a_fresh_second_factor(door: Door) -> None:
    wrong = []
    for operation in door.operations:
        if not operation.rule["step_up"]:
            continue
        for stale in ({"acr": "1"}, {"auth_time": 1_700_000_000}):
            answer = door.call(operation, door.officer(*operation.any_of, **stale))
            if (answer.status_code, slug(answer)) != (403, "step-up-needed"):
                wrong.append(f"{operation} with {stale}: {answer.status_code} {slug(answer)}")
    assert not wrong, "\n".join(wrong)


def test_signed_in_people_of_both_realms_pass_the_door(door: Door) -> None:
    wrong = []
    for operation in door.operations:
        realms = {"anybody-signed-in": ("public", "staff"), "applicant": ("public",)}
        for realm in realms.get(operation.rule["who"], ()):
            who = door.miner() if realm == "public" else door.officer(*Power)
            answer = door.call(operation, who)
            if answer.status_code == 401 or answer.status_code >= 500:
                wrong.append(f"{operation} by {realm}: {answer.status_code} {slug(answer)}")
    assert not wrong, "\n".join(wrong)
