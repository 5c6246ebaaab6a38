import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowFailureError
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import ActivityError, ApplicationError
from tiny.service import Settings

from chassis.temporal import Temporal, Told
from kernel.events import ActorKind, CaseRef, Event, Source
from tests.cut_line import cut_and_mend, line_to
from tests.served import free_port

ADDRESS = os.environ.get("CORNERPOST_TEST_TEMPORAL", "127.0.0.1:27233")
TINY = Path(__file__).parent / "tiny" / "worker.py"
ROOT = Path(__file__).parents[2]
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def queue() -> str:
    return f"chassis-{uuid4()}"


@pytest.fixture
def begin(queue: str, tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    begun: list[subprocess.Popen[bytes]] = []

    def start(address: str = ADDRESS, **other: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, str(TINY), address, queue, str(tmp_path / "log")]
        told = os.environ | {"PYTHONPATH": str(ROOT)} | other
        begun.append(subprocess.Popen(command, cwd=ROOT, env=told))
        return begun[-1]

    yield start
    for one in begun:
        if one.poll() is None:
            one.kill()
            one.wait()


def ask(queue: str, what: str) -> Any:
    async def run() -> Any:
        client = await Client.connect(
            ADDRESS, namespace="training", data_converter=pydantic_data_converter
        )
        try:
            return await client.execute_workflow(
                "AskWorkflow", {"what": what, "trace": TRACE}, id=str(uuid4()), task_queue=queue
            )
        finally:
            await asyncio.sleep(0.2)

    return asyncio.run(asyncio.wait_for(run(), 30))


def test_a_worker_answers_repeats_outages_passes_refusals_on_and_ends_when_told(
    queue: str, begin: Callable[..., subprocess.Popen[bytes]]
) -> None:
    worker = begin()
    trace = TRACE.split("-")[1]
    assert ask(queue, "plain") == f"plain 1 {trace}"
    assert ask(queue, "outage") == f"outage 3 {trace}"
    with pytest.raises(WorkflowFailureError) as refused:
        ask(queue, "refuse")
    failed = refused.value.cause
    assert isinstance(failed, ActivityError)
    assert isinstance(failed.cause, ApplicationError)
    assert (failed.cause.type, failed.cause.non_retryable) == ("not-found", True)
    assert failed.cause.message == "There is no such thing"
    worker.terminate()
    assert worker.wait(15) == 0


def test_what_an_error_says_reaches_neither_the_history_nor_the_log(
    queue: str, begin: Callable[..., subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    begin()
    with pytest.raises(WorkflowFailureError) as failed:
        ask(queue, "mistake")
    assert isinstance(failed.value.cause, ActivityError)
    assert isinstance(failed.value.cause.cause, ApplicationError)
    assert failed.value.cause.cause.type == "KeyError"
    assert "canary" not in str(failed.value.cause.cause)
    log = _read(tmp_path / "log")
    assert "worker.py" in log
    assert "canary" not in log


def test_a_worker_waits_for_temporal_for_ever_and_still_ends_when_told(
    begin: Callable[..., subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    worker = begin("127.0.0.1:9")
    end = time.monotonic() + 60
    while "worker.temporal_away" not in _read(tmp_path / "log"):
        assert time.monotonic() < end
        time.sleep(0.1)
    assert worker.poll() is None
    worker.terminate()
    assert worker.wait(15) == 0


def test_a_worker_says_whether_temporal_answers_it(
    queue: str, begin: Callable[..., subprocess.Popen[bytes]]
) -> None:
    port = free_port()
    with line_to(ADDRESS) as line:
        begin(line.address, CORNERPOST_TINY_METRICS_PORT=str(port))
        cut_and_mend(line, port)
        assert ask(queue, "plain").startswith("plain 1")


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def fact(case: Any, seq: int) -> Told:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    event = Event(
        source=Source.MESSAGES,
        case=case,
        seq=seq,
        name="thing.made",
        at=at,
        legal_at=at,
        actor_kind=ActorKind.CLOCKWORK,
        payload={"n": seq},
    )
    start = CaseRef(subject=case, clock_offset=60)
    return Told("NoticeWorkflow", f"notice:{case}", event, start, f"messages:{case}:{seq}")


def test_a_fact_starts_its_workflow_and_is_told_once_however_often_it_is_sent(
    settings: Settings, queue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.temporal.PROCEDURES", queue)
    teller, case = Temporal(settings.model_copy(update={"temporal": ADDRESS})), uuid4()
    for seq in (1, 2, 2, 1, 3):
        teller.tell(fact(case, seq))

    async def history() -> list[Any]:
        assert teller.client is not None
        handle = teller.client.get_workflow_handle(f"notice:{case}")
        found = [event async for event in handle.fetch_history_events()]
        await handle.terminate()
        return found

    events = teller.loop(history())
    teller.close()
    started = events[0].workflow_execution_started_event_attributes
    assert (started.workflow_type.name, started.task_queue.name) == ("NoticeWorkflow", queue)
    start = CaseRef.model_validate_json(started.input.payloads[0].data)
    assert start == CaseRef(subject=case, clock_offset=60, last_seq=0)
    told = [
        Event.model_validate_json(
            e.workflow_execution_signaled_event_attributes.input.payloads[0].data
        )
        for e in events
        if e.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED
    ]
    assert [event.seq for event in told] == [1, 2, 3]


def test_while_temporal_is_away_a_teller_says_so(settings: Settings) -> None:
    away = settings.model_copy(update={"temporal": "127.0.0.1:9"})
    with closing(Temporal(away)) as teller, pytest.raises(RuntimeError):
        teller.tell(fact(uuid4(), 1))
