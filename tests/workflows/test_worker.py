"""The workflows' process: waits for Temporal, serves its figures, stops when it is asked to."""

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from chassis.settings import UnknownSetting
from tests.cut_line import cut_and_mend, line_to
from tests.served import free_port
from workflows.settings import Settings


@contextmanager
def process(**settings: str) -> Iterator[subprocess.Popen[str]]:
    environment = os.environ | {"CORNERPOST_MODE": "training"} | settings
    started = subprocess.Popen(
        [sys.executable, "-m", "workflows.worker"],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield started
    finally:
        started.kill()
        started.wait()
        if started.stderr:
            started.stderr.close()


def line_with(started: subprocess.Popen[str], word: str) -> str:
    assert started.stderr is not None
    for line in started.stderr:
        if word in line:
            return line
    raise AssertionError(f"the process ended without a word of {word}")


def test_it_serves_its_figures_and_stops_at_sigterm(temporal: str) -> None:
    port = free_port()
    with process(
        CORNERPOST_TEMPORAL=temporal, CORNERPOST_WORKFLOWS_METRICS_PORT=str(port)
    ) as started:
        assert "procedures" in line_with(started, "worker.started")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            assert b"temporal_" in answer.read()
        started.send_signal(signal.SIGTERM)
        assert started.wait(20) == 0


def test_it_says_whether_temporal_answers_it(temporal: str) -> None:
    port = free_port()
    with line_to(temporal) as line, process(
        CORNERPOST_TEMPORAL=line.address, CORNERPOST_WORKFLOWS_METRICS_PORT=str(port)
    ):
        cut_and_mend(line, port)


def test_it_waits_for_a_server_that_is_not_there_yet() -> None:
    with process(CORNERPOST_TEMPORAL=f"127.0.0.1:{free_port()}") as started:
        assert "again_in" in line_with(started, "temporal.away")
        assert started.poll() is None
        started.send_signal(signal.SIGTERM)
        assert started.wait(20) == 0


def test_a_misspelt_setting_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORNERPOST_WORKFLOWS_CACHE", "3")
    with pytest.raises(UnknownSetting, match="CORNERPOST_WORKFLOWS_CACHE"):
        Settings(mode="training")
