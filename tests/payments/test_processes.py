"""The worker as a process: it watches payments although Temporal is away, and ends when told."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from payments_counter import Counter

from tests.served import eventually

ROOT = Path(__file__).parents[2]


@pytest.fixture
def worker(counter: Counter) -> Iterator[subprocess.Popen[bytes]]:
    own = counter.settings
    told = {
        "CORNERPOST_MODE": "training",
        "CORNERPOST_DATABASE_URL_PAYMENTS": own.database.get_secret_value(),
        "CORNERPOST_TEMPORAL": "127.0.0.1:1",
        "CORNERPOST_KEYS": str(own.keys),
        "CORNERPOST_FILES": str(own.files),
        "CORNERPOST_RULEBOOKS": str(own.rulebooks),
        "CORNERPOST_PAYMENTS_MOBILE_MONEY_URL": own.mobile_money_url or "",
        "CORNERPOST_PAYMENTS_CALLBACK_URL": own.callback_url,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "services.payments.worker"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **told},
        stdout=subprocess.DEVNULL,
    )
    yield process
    process.kill()
    process.wait(timeout=10)


def test_with_callbacks_dropped_and_temporal_away_the_worker_finds_payments_and_pays_shares_out(
    counter: Counter, worker: subprocess.Popen[bytes]
) -> None:
    counter.operator.fault(callback="none")
    invoice = counter.invoice()
    counter.begun(invoice)
    eventually(lambda: counter.paid(invoice), "the watch did not find it", 40)
    ended = "select count(*) from split_instruction where invoice_id = %s and status = 'settled'"
    eventually(lambda: counter.sql(ended, invoice["id"]) == [(2,)], "nothing was paid out", 40)
    worker.terminate()
    assert worker.wait(timeout=20) == 0
    counter.must_balance()
