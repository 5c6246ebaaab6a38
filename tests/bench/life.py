"""A whole licence life on the real ring against a bare workflow with as many activities."""

import asyncio
import os
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

from cli.demo_ring.casework import Case, prepare, register
from cli.demo_ring.ground import take_place
from cli.demo_ring.people import Miner
from cli.demo_ring.ring import Ring
from cli.demo_story.others import SMALL_SCALE, carry_through
from contracts.cadastre.wire import GroundAsked
from contracts.licensing.wire_applications import NewDraft
from deploy.stack.databases import owner_url
from deploy.stack.environment import temporal_address
from deploy.stack.layout import Stack
from deploy.temporal.namespace import connect
from kernel.law.procedure import HolderKind
from tests.bench import floor
from tests.bench.measure import Measure
from tests.run import training_stack

AT_ONCE = 4
ROUNDS = 3
FLOOR_LIVES = 12
GOAL = 0.6


def measure(_: str, seed: int) -> list[Measure]:
    """A small-scale licence: four cells, a fee, five offices, a second fee, the certificate."""
    with _stack() as stack, Ring(stack) as ring:
        miners = [_miner(ring, n) for n in range(AT_ONCE)]
        first = live(ring, miners[0], 0)  # officers sign in once; they stay signed in
        effort = asyncio.run(effort_of(stack, first.id))
        print(f"one life: {effort.signals} signals, {effort.activities} activities", flush=True)
        pairs = [(_ours(ring, miners, n), _floor(stack, effort)) for n in range(1, ROUNDS + 1)]
    ours, limit = (statistics.median(one) for one in zip(*pairs, strict=True))
    return [Measure("life", ours, limit, GOAL, "licence lives per second", seed)]


@contextmanager
def _stack() -> Iterator[Stack]:
    """The training stack that is given, or one of its own."""
    given = os.environ.get("CORNERPOST_TEST_STACK")
    if given:
        yield Stack.recorded(Path(given))
        return
    with training_stack() as data:
        yield Stack.recorded(data)


def _miner(ring: Ring, n: int) -> Miner:
    return ring.miner(f"Miner {n}", take_place(ring.stack).phone(30 + n))


def live(ring: Ring, miner: Miner, n: int) -> Case:
    """From the party to the certificate; every answer is given as soon as it is asked for."""
    right, place = SMALL_SCALE, take_place(ring.stack)
    party = register(miner, HolderKind.PERSON, miner.name, f"ID-{place.number}-{n}")
    new = NewDraft(licence_type=right.licence_type, party=party.id, minerals=list(right.minerals))
    asked = GroundAsked(
        licence_type=right.licence_type, minerals=list(right.minerals), cells=place.cells()
    )
    pages = {paper: [f"{paper}-1"] for paper in right.papers}
    case = Case(ring, miner, prepare(miner, new, asked, pages).lodge())
    carry_through(case, right)
    return case


def _ours(ring: Ring, miners: list[Miner], n: int) -> float:
    began = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done in [pool.submit(live, ring, miner, n) for miner in miners]:
            done.result()
    return len(miners) / (time.perf_counter() - began)


def _floor(stack: Stack, effort: floor.Effort) -> float:
    """Lives a second of the bare workflow on the same server, as many at once as ours."""

    async def rate() -> float:
        address, queue = temporal_address(stack), f"floor-{uuid4().hex[:8]}"
        client = await connect(address, stack.namespace)
        async with floor.worker(address, stack.namespace, queue):
            await floor.lives(client, queue, effort, [f"{queue}-warm"], 1)
            names = [f"{queue}-{n}" for n in range(FLOOR_LIVES)]
            began = time.perf_counter()
            await floor.lives(client, queue, effort, names, AT_ONCE)
            return FLOOR_LIVES / (time.perf_counter() - began)

    return asyncio.run(rate())


async def effort_of(stack: Stack, case: UUID) -> floor.Effort:
    """What a life that is over asked of Temporal, in all of its workflows."""
    client = await connect(temporal_address(stack), stack.namespace)
    await asyncio.sleep(2)  # the last notices are still being handed over
    counted: Counter[int] = Counter()
    for name in workflows_of(stack, case):
        counted += await _events(client, name)
    return floor.Effort(
        signals=counted[EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED],
        activities=counted[EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED],
    )


async def _events(client: Client, workflow_id: str) -> Counter[int]:
    """In every run: a late fact about an ended case begins another one."""
    counted: Counter[int] = Counter()
    async for run in client.list_workflows(f'WorkflowId = "{workflow_id}"'):
        handle = client.get_workflow_handle(workflow_id, run_id=run.run_id)
        counted += Counter([event.event_type async for event in handle.fetch_history_events()])
    return counted


def workflows_of(stack: Stack, case: UUID) -> list[str]:
    """The case's own workflow, its issuance's and its invoices'."""
    with psycopg.connect(owner_url(stack, "licensing")) as door:
        query = "select 'issuance:' || id from issuance where application_id = %s"
        issuances = [row[0] for row in door.execute(query, [case])]
    with psycopg.connect(owner_url(stack, "payments")) as door:
        query = "select 'invoice:' || id from invoice where application_id = %s"
        invoices = [row[0] for row in door.execute(query, [case])]
    return [f"application:{case}", *issuances, *invoices]
