import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import TerminateWorkflowExecutionRequest
from temporalio.service import RPCError, RPCStatusCode
from tiny.service import Settings

from chassis import outbox
from chassis.temporal import Temporal
from chassis.unit_of_work import Works
from contracts.procedures import Tell
from kernel.authority import clockwork
from tests.cut_line import cut_and_mend, line_to
from tests.served import free_port

ADDRESS = os.environ.get("CORNERPOST_TEST_TEMPORAL", "127.0.0.1:27233")
ROOT = Path(__file__).parents[2]
Process = subprocess.Popen[bytes]
Headers = Callable[..., dict[str, str]]


@pytest.fixture
def environment(settings: Settings, tmp_path: Path) -> dict[str, str]:
    assert settings.database_owner is not None
    return {
        "PYTHONPATH": str(ROOT),
        "CORNERPOST_MODE": settings.mode,
        "CORNERPOST_DATABASE_URL_MESSAGES": settings.database.get_secret_value(),
        "CORNERPOST_TEMPORAL": ADDRESS,
        "CORNERPOST_KEYS": str(settings.keys),
        "CORNERPOST_FILES": str(settings.files),
        "CORNERPOST_PUBLIC_ISSUER": settings.public_issuer,
        "CORNERPOST_MESSAGES_PUBLIC_JWKS": str(settings.public_jwks),
        "CORNERPOST_MESSAGES_PORT": str(free_port()),
        "CORNERPOST_MESSAGES_METRICS_PORT": str(free_port()),
        "CORNERPOST_MESSAGES_LOG_PATH": str(tmp_path / "log"),
    }


@pytest.fixture
def begin(environment: dict[str, str]) -> Iterator[Callable[..., Process]]:
    begun: list[Process] = []

    def start(role: str, **other: str) -> Process:
        command = [sys.executable, str(ROOT / "tests" / "chassis" / "tiny" / "run.py"), role]
        found = os.environ | environment | other
        begun.append(subprocess.Popen(command, cwd=ROOT, env=found, stderr=subprocess.PIPE))
        return begun[-1]

    yield start
    for one in begun:
        if one.poll() is None:
            one.kill()
        one.communicate()


def until_ready(address: str) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            if httpx.get(address, trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            assert time.monotonic() < end, "it did not come up"
        time.sleep(0.1)


def test_a_service_answers_logs_no_queries_and_ends_when_told(
    begin: Callable[..., Process],
    environment: dict[str, str],
    token: Headers,
    key: Headers,
    tmp_path: Path,
) -> None:
    app = begin("app")
    base = f"http://127.0.0.1:{environment['CORNERPOST_MESSAGES_PORT']}"
    until_ready(f"{base}/readyz")
    with httpx.Client(base_url=base, trust_env=False) as client:
        made = client.post(
            "/v1/things", json={"name": f"canary {uuid4()}"}, headers=token() | key()
        )
        assert made.status_code == 201
        assert client.get("/v1/things", params={"name": "canary"}).status_code == 200
        assert client.get("/v1/things?name=%00").status_code == 422
    app.terminate()
    assert app.wait(15) == 0
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert "canary" not in (tmp_path / "log").read_text()
    told = [line for line in lines if line["event"] == "request"]
    routes = [(line["status"], line["route"]) for line in told]
    assert routes == [(201, "/v1/things"), (200, "/v1/things"), (422, "unmatched")]
    assert all(len(line["trace"]) == 32 and line["process"] == "messages" for line in told)


def test_a_relay_brings_facts_to_temporal_counts_and_ends_when_told(
    begin: Callable[..., Process],
    environment: dict[str, str],
    settings: Settings,
    works: Works,
) -> None:
    case = uuid4()
    for n in range(3):
        works.run(
            clockwork("messages"),
            lambda work, n=n: work.record(case, "thing.made", {"n": n}, tell=[Tell.notice(case)]),
        )
    relay = begin("relay")
    end = time.monotonic() + 60
    while _unsent(works):
        assert time.monotonic() < end
        time.sleep(0.1)
    metrics = f"http://127.0.0.1:{environment['CORNERPOST_MESSAGES_METRICS_PORT']}/metrics"
    assert "cornerpost_outbox_unsent 0.0" in httpx.get(metrics, trust_env=False).text
    relay.terminate()
    assert relay.wait(15) == 0
    _terminate(settings, f"notice:{case}")


def test_a_relay_with_nothing_to_tell_says_whether_temporal_answers_it(
    begin: Callable[..., Process], environment: dict[str, str]
) -> None:
    port = int(environment["CORNERPOST_MESSAGES_METRICS_PORT"])
    with line_to(ADDRESS) as line:
        begin("relay", CORNERPOST_TEMPORAL=line.address)
        cut_and_mend(line, port)


@pytest.mark.parametrize("role", ["app", "relay"])
def test_a_process_of_another_mode_ends_and_says_why(
    begin: Callable[..., Process], role: str
) -> None:
    process = begin(role, CORNERPOST_MODE="production")
    _, told = process.communicate(timeout=60)
    assert process.returncode != 0
    assert b"This database was made for a training stack's messages" in told


def _unsent(works: Works) -> int:
    with works.open(clockwork("messages")) as work:
        return outbox.waiting(work.session)


def _terminate(settings: Settings, workflow_id: str) -> None:
    """Leave no workflow behind on a server that others use too, unless a worker has ended it."""
    temporal = Temporal(settings.model_copy(update={"temporal": ADDRESS}))

    async def end() -> None:
        client = await temporal._connected()
        request = TerminateWorkflowExecutionRequest(
            namespace=client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=workflow_id),
        )
        try:
            await client.workflow_service.terminate_workflow_execution(request)
        except RPCError as gone:
            if gone.status is not RPCStatusCode.NOT_FOUND:
                raise

    temporal.loop(end())
    temporal.close()
