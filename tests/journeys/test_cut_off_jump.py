"""The clock's command is killed in the middle of a jump: the next command makes it whole."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from cli.demo_ring.casework import Case
from cli.demo_ring.ring import Ring
from cli.demo_ring.waiting import until
from cli.demo_story.others import CARD, lodge_right
from cli.demo_story.story import Story
from contracts.licensing.language import Outcome
from contracts.procedures import Tell
from deploy.stack import jumps
from deploy.stack.databases import owner_url
from deploy.stack.environment import temporal_address
from deploy.stack.layout import ROOT, Stack
from deploy.stack.processes import SERVICES
from deploy.stack.skipping import Skipper
from deploy.temporal.namespace import connect

HOUR = 3600
NEAR = 600  # seconds: what a busy machine takes is no hour
OFFSET = "select offset_seconds from clock"
WAITING = "select pid from pg_stat_activity where %s = any (pg_blocking_pids(pid))"
AMONG_THE_CASES = f"""
import os, signal, sys
from cli.main import run
from cli.options import known_stack
from deploy.stack import skipping
from deploy.stack.supervision import Supervisor

class CutOff(skipping.Skipper):
    async def _moved(self, case, by, jump):
        moved = await super()._moved(case, by, jump)
        if by is not None and by.total_seconds() > {HOUR}:
            {{cut_off}}
        return moved

skipping.AT_ONCE = 1
sys.modules["deploy.stack.training_clock"].Skipper = CutOff
code = run(sys.argv[1:])
sys.stderr.flush()
os._exit(code)
"""
KILLED = AMONG_THE_CASES.format(cut_off="os.kill(os.getpid(), signal.SIGKILL)")
WITHOUT_TEMPORAL = AMONG_THE_CASES.format(
    cut_off="Supervisor(known_stack(None)).stop('temporal')"
)


def cornerpost(*words: str, at: Stack) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", *words, "--data", str(at.data)],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=400,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def forward_through(script: str, stack: Stack) -> subprocess.CompletedProcess[str]:
    """`clock forward 60d` by a command that is cut off when the first case has come far."""
    return subprocess.run(
        [sys.executable, "-c", script, "clock", "forward", "60d"],
        cwd=ROOT, env=os.environ | {"CORNERPOST_DATA": str(stack.data)},
        capture_output=True, text=True, check=False, timeout=300,
    )


def waiting_cases(story: Story, *people: int) -> list[Case]:
    cases = [lodge_right(story, CARD, person) for person in people]
    for case in cases:
        case.pay(CARD.fee)
        case.open_step("zone-check")
    return cases


def offsets(stack: Stack) -> list[int]:
    """Of each service's clock, seconds."""
    found = []
    for service in SERVICES:
        with psycopg.connect(owner_url(stack, service)) as database:
            found += [row[0] for row in database.execute(OFFSET).fetchall()]
    return found


def ahead(stack: Stack) -> dict[str, float]:
    """Of each open case's clock, seconds."""

    async def ask() -> dict[str, float]:
        client = await connect(temporal_address(stack), stack.namespace)
        return await Skipper(client).ahead()

    return asyncio.run(ask())


def all_agree(ring: Ring, *cases: Case) -> bool:
    (offset,) = set(offsets(ring.stack))
    clocks = ahead(ring.stack)
    assert {Tell.application(case.id).workflow_id for case in cases} <= set(clocks)
    return all(abs(by - offset) < NEAR for by in clocks.values())


def cut_off(stack: Stack, service: str) -> None:
    """Begin to move the clock, and kill that before this service's has moved."""
    with (
        psycopg.connect(owner_url(stack, service)) as holder,
        psycopg.connect(owner_url(stack, service), autocommit=True) as seer,
    ):
        holder.execute(f"{OFFSET} for update")
        mine = holder.info.backend_pid
        with forwarding(stack) as moving:
            stuck = until("the command waits for the service's clock", lambda: [
                pid for (pid,) in seer.execute(WAITING, [mine]).fetchall()
            ])
            moving.kill()
        for pid in stuck:
            seer.execute("select pg_terminate_backend(%s)", [pid])
        until("nothing of it is left", lambda: not seer.execute(WAITING, [mine]).fetchall())


@contextmanager
def forwarding(stack: Stack) -> Iterator[subprocess.Popen[bytes]]:
    """A command that moves the clock by a day; it does not outlive this."""
    words = ["clock", "forward", "1d", "--data", str(stack.data)]
    with subprocess.Popen([sys.executable, "-m", "cli.main", *words], cwd=ROOT) as moving:
        try:
            yield moving
        finally:
            moving.kill()


@pytest.mark.timeout(400)
def test_a_jump_killed_among_the_cases_is_finished_by_the_next_move(story: Story) -> None:
    stack = story.ring.stack
    cases = waiting_cases(story, 91, 92, 93)
    killed = forward_through(KILLED, stack)
    assert killed.returncode == -signal.SIGKILL
    jump = jumps.unfinished(stack)
    assert jump is not None
    clocks = ahead(stack).values()
    assert set(offsets(stack)) == {jump.to_offset}
    assert any(abs(by - jump.to_offset) < NEAR for by in clocks)
    assert any(jump.to_offset - by > HOUR - NEAR for by in clocks)
    assert "was cut off" in cornerpost("clock", "show", at=stack)
    late = lodge_right(story, CARD, person=94)
    late.invoice(CARD.fee)
    assert "Finishing a jump" in cornerpost("clock", "forward", "1s", at=stack)
    assert "cut off" not in cornerpost("clock", "show", at=stack)
    assert all_agree(story.ring, *cases, late)
    due = [case.open_step("zone-check").due_at for case in cases]
    cornerpost("clock", "to", max(one for one in due if one).isoformat(), at=stack)
    cornerpost("clock", "forward", "2m", at=stack)
    for case in cases:
        silent = case.step("zone-check")
        assert silent is not None
        assert silent.outcome is Outcome.DEEMED_APPROVED


@pytest.mark.timeout(400)
def test_a_jump_killed_among_the_services_is_finished_when_the_stack_comes_up(
    story: Story,
) -> None:
    stack = story.ring.stack
    cases = waiting_cases(story, 95, 96)
    cut_off(stack, SERVICES[-1])
    assert len(set(offsets(stack))) == 2
    early, late = (lodge_right(story, CARD, person) for person in (97, 98))
    early.pay(CARD.fee)
    assert "Finishing a jump" in cornerpost("up", "--training", at=stack)
    assert all_agree(story.ring, *cases, early, late)
    assert jumps.unfinished(stack) is None


@pytest.mark.timeout(400)
def test_a_jump_during_which_temporal_went_away_is_told_in_words_and_finished(
    story: Story,
) -> None:
    stack = story.ring.stack
    cases = waiting_cases(story, 99, 100)
    refused = forward_through(WITHOUT_TEMPORAL, stack)
    assert refused.returncode == 1
    assert "Temporal failed" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert "Finishing a jump" in cornerpost("up", "--training", at=stack)
    assert all_agree(story.ring, *cases)
