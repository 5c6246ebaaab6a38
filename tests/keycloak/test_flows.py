"""A sign-in flow is whole or not there, wherever the building of it was cut off."""

from typing import Any, cast
from urllib.parse import unquote

import pytest

from deploy.keycloak.admin import Admin, Document
from deploy.keycloak.flows import reconcile_flows
from deploy.keycloak.realms import Addresses, ClientSecrets, realm_documents

FLOWS = "realms/staff/authentication/flows"
CONFIGS = "realms/staff/authentication/executions/"


class Killed(Exception):
    """As if the process ended here."""


class Flows:
    """The part of the admin API that flows are built with; it dies at the write `killed_at`."""

    def __init__(self, killed_at: int | None = None) -> None:
        self.made: dict[str, Document] = {}
        self.changes: list[str] = []
        self.killed_at = killed_at

    def get(self, path: str) -> list[Document]:
        if path == FLOWS:
            return [dict(one) for one in self.made.values() if one["topLevel"]]
        return [dict(step) for step in self._named(path)["steps"]]

    def post(self, path: str, body: Document, change: str) -> str:
        made = f"n{self._write(change)}"
        if path.startswith(CONFIGS):
            self._step(path.removeprefix(CONFIGS).partition("/")[0])["config"] = body["config"]
        elif path == FLOWS:
            self._add(body["alias"], made, top=True)
        elif path.endswith("/flow"):
            step = {"id": f"step-{made}", "flowId": made, "requirement": "DISABLED"}
            self._named(path)["steps"].append(step)
            self._add(body["alias"], made, top=False)
        else:
            step = {"id": made, "authenticator": body["provider"], "requirement": "DISABLED"}
            self._named(path)["steps"].append(step)
        return made

    def put(self, path: str, body: Document, change: str) -> None:
        self._write(change)
        if path.endswith("/executions"):
            self._step(body["id"]).update(body)
            return
        key = path.rpartition("/")[2]
        assert not [one for one in self.made.values() if one["alias"] == body["alias"]]
        self.made[key]["alias"] = body["alias"]

    def delete(self, path: str, body: None, change: str) -> None:
        self._write(change)
        self._remove(path.rpartition("/")[2])

    def tree(self, alias: str) -> list[Any]:
        """What people who sign in by this flow are asked, and what is needed of it."""
        key = next(key for key, one in self.made.items() if one["alias"] == alias)
        return self._tree(key)

    def _tree(self, key: str) -> list[Any]:
        return [
            (
                step["requirement"],
                step.get("config"),
                self._tree(step["flowId"]) if "flowId" in step else step["authenticator"],
            )
            for step in self.made[key]["steps"]
        ]

    def _write(self, change: str) -> int:
        if len(self.changes) + 1 == self.killed_at:
            raise Killed(change)
        self.changes.append(change)
        return len(self.changes)

    def _add(self, alias: str, key: str, top: bool) -> None:
        assert not [one for one in self.made.values() if one["alias"] == alias], f"two {alias}"
        self.made[key] = {"id": key, "alias": alias, "topLevel": top, "steps": []}

    def _remove(self, key: str) -> None:
        for step in self.made.pop(key)["steps"]:
            if "flowId" in step:
                self._remove(step["flowId"])

    def _named(self, path: str) -> Document:
        alias = unquote(path.removeprefix(f"{FLOWS}/").partition("/")[0])
        return next(one for one in self.made.values() if one["alias"] == alias)

    def _step(self, key: str) -> Document:
        steps = [step for one in self.made.values() for step in one["steps"]]
        return cast(Document, next(step for step in steps if step["id"] == key))


@pytest.fixture(scope="module")
def document() -> Document:
    addresses = Addresses("https://portal.example", "https://phone.example", *2 * ("http://here",))
    return realm_documents(addresses, ClientSecrets.generate(), [])["staff"]


def build(flows: Flows, document: Document) -> None:
    reconcile_flows(cast(Admin, flows), "staff", document)


def test_a_flow_that_was_cut_off_anywhere_is_built_whole_by_the_next_run(
    document: Document,
) -> None:
    whole = Flows()
    build(whole, document)
    wanted = [one["alias"] for one in document["authenticationFlows"] if one["topLevel"]]
    assert len(whole.changes) > 30
    for killed_at in range(1, len(whole.changes) + 1):
        flows = Flows(killed_at)
        with pytest.raises(Killed):
            build(flows, document)
        for alias in {one["alias"] for one in flows.made.values()} & {*wanted}:
            assert flows.tree(alias) == whole.tree(alias), f"half a flow after {killed_at} writes"
        flows.killed_at = None
        build(flows, document)
        assert {one["alias"] for one in flows.made.values()} == {
            one["alias"] for one in whole.made.values()
        }
        assert [flows.tree(alias) for alias in wanted] == [whole.tree(alias) for alias in wanted]


def test_a_second_run_builds_nothing(document: Document) -> None:
    flows = Flows()
    build(flows, document)
    written = len(flows.changes)
    build(flows, document)
    assert len(flows.changes) == written
