"""Parts of the ring go away in the middle of a case: people go on, and everything catches up."""

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest
from temporalio.client import Client, WorkflowExecutionStatus

from cli.demo_ring.casework import Case
from cli.demo_ring.ring import Ring
from cli.demo_ring.waiting import until
from cli.demo_story.others import CARD, SMALL_SCALE, carry_through, lodge_right
from cli.demo_story.story import Story
from contracts.licensing.language import Outcome, Status
from contracts.messages.client import Messages
from contracts.payments.language import InvoiceStatus
from contracts.procedures import Tell
from deploy.stack.cluster import superuser_url
from deploy.stack.environment import temporal_address
from deploy.stack.layout import Stack
from deploy.stack.processes import SERVICES, needed_databases
from deploy.stack.resurrection import Resurrection
from deploy.stack.supervision import Supervisor
from deploy.stack.up import Start, alone
from deploy.temporal.namespace import connect

LONG = pytest.mark.timeout(600)
MINUTE = timedelta(minutes=1)
DURABLE = ("fsync", "full_page_writes", "synchronous_commit")


@contextmanager
def without(stack: Stack, *names: str) -> Iterator[None]:
    """While this lasts these processes are stopped."""
    supervisor = Supervisor(stack)
    with alone(stack):
        for name in names:
            supervisor.stop(name)
    try:
        yield
    finally:
        with alone(stack):
            for name in names:
                Start(stack, supervisor).one(name)


def kill(ring: Ring, name: str) -> int:
    """End a process without a word; the pid it had."""
    (found,) = [one for one in Supervisor(ring.stack).states() if one.name == name]
    os.kill(found.pid, signal.SIGKILL)
    return found.pid


def test_no_database_answers_before_it_is_on_the_disk(stack: Stack) -> None:
    """Temporal outlives its store, and goes by what it was answered: nothing may come undone."""
    for name in needed_databases(stack):
        with psycopg.connect(superuser_url(stack, name)) as database:
            said = [database.execute(f"show {one}").fetchone() for one in DURABLE]
        assert said == [("on",)] * len(DURABLE), name


@LONG
def test_lodging_deciding_and_paying_go_on_while_temporal_is_away(story: Story) -> None:
    decided = lodge_right(story, SMALL_SCALE, person=61)
    decided.pay(SMALL_SCALE.fee)
    decided.open_step("screening")
    owing = lodge_right(story, CARD, person=62)
    owing.invoice(CARD.fee)
    with without(story.ring.stack, "temporal"):
        lodged = lodge_right(story, CARD, person=63)
        answered = decided.answer("screening")
        owing.pay(CARD.fee)
        assert owing.paid(CARD.fee).status is InvoiceStatus.PAID
        assert answered.outcome is Outcome.APPROVED
        assert lodged.steps() == []
    decided.open_step("environment-opinion")
    owing.open_step("zone-check")
    assert carry_through(lodged, CARD)


@LONG
def test_valid_tokens_go_on_working_while_keycloak_is_away(story: Story) -> None:
    case = lodge_right(story, CARD, person=64)
    case.invoice(CARD.fee)
    ring = story.ring
    ring.officer_at("mines-north")
    with without(ring.stack, "keycloak"):
        case.pay(CARD.fee)
        assert case.answer("zone-check").outcome is Outcome.APPROVED
        assert ring.anybody().cases.verify(case.code).body["verdict"] == "in-formalisation"
    case.answer("decision", step_up=True)
    case.licence_code()


@LONG
def test_services_that_begin_again_while_keycloak_is_away_still_know_valid_tokens(
    story: Story,
) -> None:
    case = lodge_right(story, CARD, person=69)
    case.invoice(CARD.fee)
    ring = story.ring
    ring.officer_at("mines-north")
    with without(ring.stack, "keycloak"):
        with without(ring.stack, *SERVICES):
            pass
        case.pay(CARD.fee)
        assert case.answer("zone-check").outcome is Outcome.APPROVED
        told = Messages(case.miner.calling("messages"))
        until("the miner is told", lambda: told.notices().notices)


@LONG
@pytest.mark.parametrize("name", ["licensing-worker", "workflows", "payments-worker"])
def test_a_case_goes_on_after_a_worker_was_killed_under_it(story: Story, name: str) -> None:
    case = lodge_right(story, CARD, person=65)
    before = kill(story.ring, name)
    assert carry_through(case, CARD)
    now = {one.name: one.pid for one in Supervisor(story.ring.stack).states()}
    assert now[name] not in (before, 0)


@LONG
def test_a_relay_that_was_killed_tells_nothing_twice(story: Story) -> None:
    case = lodge_right(story, CARD, person=66)
    kill(story.ring, "licensing-relay")
    kill(story.ring, "payments-relay")
    assert carry_through(case, CARD)
    facts = [one.name for one in case.miner.cases.history(case.id, limit=500).entries]
    assert facts.count("invoice.paid") == 1
    assert facts.count("licence.issued") == 1
    assert len(case.miner.payments.payments_of(case.invoice(CARD.fee).id)) == 1


@LONG
def test_a_terminated_case_is_resurrected_and_its_silence_still_speaks(story: Story) -> None:
    named, swept = (lodge_right(story, CARD, person) for person in (67, 68))
    for case in (named, swept):
        case.pay(CARD.fee)
        case.open_step("zone-check")
        terminate(story.ring, case)
    Resurrection(story.ring.stack).named([named.code])
    Resurrection(story.ring.stack).everything()
    for case in (named, swept):
        until("the case has its workflow again", lambda case=case: running(story.ring, case))
    due = named.open_step("zone-check").due_at
    assert due is not None
    story.ring.move_clock(due + MINUTE, print)
    for case in (named, swept):
        assert case.open_step("decision").opened_at == due
        case.miner.licensing.application(case.id)
        assert [one.outcome for one in case.steps() if one.step == "zone-check"] == [
            Outcome.DEEMED_APPROVED
        ]
    assert named.miner.licensing.application(named.id).status is Status.LODGED


def terminate(ring: Ring, case: Case) -> None:
    """End the case's workflow as if Temporal had lost it; a fact still under way revives it."""

    async def end() -> None:
        handle = (await client(ring)).get_workflow_handle(Tell.application(case.id).workflow_id)
        await handle.terminate("lost")

    def stays_away() -> bool:
        if running(ring, case):
            asyncio.run(end())
        time.sleep(1)
        return not running(ring, case)

    until("the workflow is lost", stays_away)


def running(ring: Ring, case: Case) -> bool:
    async def ask() -> bool:
        handle = (await client(ring)).get_workflow_handle(Tell.application(case.id).workflow_id)
        return (await handle.describe()).status is WorkflowExecutionStatus.RUNNING

    return asyncio.run(ask())


async def client(ring: Ring) -> Client:
    return await connect(temporal_address(ring.stack), ring.stack.namespace)
