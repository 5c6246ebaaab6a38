"""The worker as a process: it sends although Temporal is away, and ends when told to."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
from post_office import PostOffice

from tests.served import eventually, free_port

ROOT = Path(__file__).resolve().parents[2]


def environment(office: PostOffice, metrics_port: int) -> dict[str, str]:
    told = office.settings
    owner = told.database.get_secret_value()
    return os.environ | {
        "CORNERPOST_MODE": told.mode,
        "CORNERPOST_TEMPORAL": "127.0.0.1:9",
        "CORNERPOST_RULEBOOKS": str(told.rulebooks),
        "CORNERPOST_COUNTRY": told.country,
        "CORNERPOST_KEYS": str(told.keys),
        "CORNERPOST_FILES": str(told.files),
        "CORNERPOST_DATABASE_URL_MESSAGES": owner,
        "CORNERPOST_MESSAGES_METRICS_PORT": str(metrics_port),
        "CORNERPOST_MESSAGES_SMS_URL": told.sms_url or "",
        "CORNERPOST_MESSAGES_SMTP_HOST": told.smtp_host or "",
        "CORNERPOST_MESSAGES_SMTP_PORT": str(told.smtp_port),
        "CORNERPOST_MESSAGES_CALLBACK_URL": told.callback_url,
        "CORNERPOST_MESSAGES_PHONE_ISSUER": told.phone_issuer,
        "CORNERPOST_MESSAGES_PHONE_CLIENT_SECRET": told.phone_client_secret.get_secret_value(),
    }


def test_the_worker_sends_while_temporal_is_away_and_ends_when_told(office: PostOffice) -> None:
    sub, number = office.subscriber()
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "services.messages.worker"],
        cwd=ROOT,
        env=environment(office, port),
        stderr=subprocess.DEVNULL,
    )
    try:
        notice = office.hand_over(f"public:{sub}")
        eventually(lambda: office.delivered(notice), "the worker sent nothing", 40)
        assert len(office.telecom.phone(number)) == 1
        text = httpx.get(f"http://127.0.0.1:{port}/metrics").text
        assert 'cornerpost_notices_total{channel="sms",outcome="sent"} 1.0' in text
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
