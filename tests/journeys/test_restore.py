"""A backup of the working ring becomes a ring again, with all it knew and all it was doing."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg
import pytest
from psycopg import sql

from cli.demo_ring.casework import Case
from cli.demo_ring.ring import Ring
from cli.demo_story.others import CARD, carry_through, lodge_right
from cli.demo_story.story import Story
from contracts.licensing.language import Outcome, ReceiptKind, Status
from contracts.licensing.language_cases import Verdict
from deploy.stack import cluster
from deploy.stack.layout import ROOT, Stack
from deploy.stack.supervision import Supervisor

BASE = 23500


def cornerpost(*words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", *words],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=400,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def restored(archive: Path, data: Path) -> Iterator[Stack]:
    """The archive's stack on other ports in another folder, all of it running."""
    where = ("--data", str(data))
    cornerpost("restore", str(archive), *where, "--port-base", str(BASE))
    try:
        cornerpost("up", "--training", *where)
        yield Stack.recorded(data)
    finally:
        cornerpost("down", "--erase", *where)


@dataclass(frozen=True)
class Log:
    """The public log as anybody reads it."""

    stack: Stack

    def size(self) -> int:
        return int(self._get("/v1/log/entries?limit=1").json()["size"])

    def leaves(self, upto: int) -> list[str]:
        found: list[str] = []
        while len(found) < upto:
            told = self._get(f"/v1/log/entries?start={len(found)}&limit=100").json()["entries"]
            found += [one["leaf"] for one in told]
        return found[:upto]

    def growth(self, since: int) -> bytes:
        """That the log of so many leaves is the beginning of today's."""
        return self._get(f"/v1/log/proof/consistency?first={since}").content

    def _get(self, path: str) -> httpx.Response:
        return httpx.get(self.stack.address("licensing") + path, timeout=30).raise_for_status()


def temporal_servers(stack: Stack) -> set[int]:
    """The ports at which the stack's Temporal believes its members to be."""
    with psycopg.connect(cluster.superuser_url(stack, "temporal")) as store:
        return {row[0] for row in store.execute("select rpc_port from cluster_membership")}


def in_other_hands(case: Case, ring: Ring) -> Case:
    """The same case and the same miner, who signs in again on another stack."""
    return Case(ring, ring.miner(case.miner.name, case.miner.number), case.lodged)


@pytest.mark.timeout(900)
def test_what_was_recorded_stands_and_what_was_open_goes_on_after_a_restore(
    story: Story, folder: Path
) -> None:
    log = Log(story.ring.stack)
    done = lodge_right(story, CARD, person=81)
    code = carry_through(done, CARD)
    owing, open_ = (lodge_right(story, CARD, person) for person in (82, 83))
    owing.invoice(CARD.fee)
    open_.pay(CARD.fee)
    open_.open_step("zone-check")
    receipt = open_.miner.licensing.receipt(open_.id, ReceiptKind.FINAL)
    proof = story.tell.keep("proof.json", open_.miner.cases.receipt_proof(open_.id))
    size = log.size()
    leaves = log.leaves(size)
    cornerpost("backup", str(folder / "a.tar"), "--data", str(story.ring.stack.data))
    with restored(folder / "a.tar", folder / "d") as stack, Ring(stack) as ring:
        assert temporal_servers(stack).isdisjoint(temporal_servers(story.ring.stack))
        assert Log(stack).leaves(size) == leaves
        keys = [one.public_key("licensing-checkpoints") for one in (story.ring, ring)]
        grown = story.tell.keep("growth.json", Log(stack).growth(size))
        story.tell.verify("consistency", grown, keys[0])
        story.tell.verify("inclusion", proof, keys[1])
        assert ring.anybody().cases.verify(code).body["verdict"] == Verdict.IN_FORCE
        owing, open_ = in_other_hands(owing, ring), in_other_hands(open_, ring)
        assert open_.miner.licensing.receipt(open_.id, ReceiptKind.FINAL) == receipt
        assert carry_through(owing, CARD)
        lose_the_clockwork(stack)
        assert open_.answer("zone-check").outcome is Outcome.APPROVED
        cornerpost("resurrect", "--data", str(stack.data))
        open_.answer("decision", step_up=True)
        assert open_.licence_code()
        open_.ended(Status.GRANTED)


def lose_the_clockwork(stack: Stack) -> None:
    """Temporal with an empty store: nothing it ever knew is left."""
    Supervisor(stack).stop("temporal")
    with psycopg.connect(cluster.superuser_url(stack), autocommit=True) as admin:
        for name in ("temporal", "temporal_visibility"):
            admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))
    cornerpost("up", "--training", "--data", str(stack.data))
