"""`cornerpost appoint` opens an officer's account and appoints its owner, in one command."""

import re
import secrets
import subprocess
import sys
from pathlib import Path

import psycopg

from cli.demo_ring.waiting import until
from deploy.stack.databases import owner_url
from deploy.stack.layout import Stack

ROOT = Path(__file__).resolve().parents[2]
OPENED = re.compile(r"^Account opened for (\S+): (staff:\S+)$", re.M)
PASSWORD = re.compile(r"shown only now: (\S+)$", re.M)


def appoint(
    stack: Stack, username: str, first_name: str, *powers: str
) -> subprocess.CompletedProcess[str]:
    words = ["appoint", username, "mines-east", *powers, "--first-name", first_name]
    more = ["--last-name", "Odeh", "--data", str(stack.data)]
    return subprocess.run(
        [sys.executable, "-m", "cli.main", *words, *more],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=100,
    )


def appointed(url: str, person: str) -> list[tuple[str, list[str]]]:
    with psycopg.connect(url) as database:
        asked = "select office, powers from appointment where person = %s"
        return [(row[0], row[1]) for row in database.execute(asked, [person])]


def test_an_officer_gets_account_password_and_appointment_by_one_command(stack: Stack) -> None:
    name = f"first.{secrets.token_hex(4)}"
    done = appoint(stack, name, "Amina", "read-cases")
    assert done.returncode == 0, done.stderr
    opened, password = OPENED.search(done.stdout), PASSWORD.search(done.stdout)
    assert opened
    assert password
    assert opened[1] == name
    assert done.stdout.endswith("1 appointments written down\n")
    for service in ("licensing", "cadastre", "payments", "messages"):
        url = owner_url(stack, service)
        told = until(f"{service} knows", lambda url=url: appointed(url, opened[2]))  # type: ignore[misc]
        assert told == [("mines-east", ["read-cases"])]
    again = appoint(stack, name, "Amina", "read-cases")
    assert again.stdout == f"{name} has an account: {opened[2]}\n0 appointments written down\n"
    other = appoint(stack, name, "Paul")
    assert other.returncode == 1
    assert "Another officer has this username" in other.stderr
    assert "Traceback" not in other.stderr
    kept = [file for file in (stack.data / "logs").rglob("*") if file.is_file()]
    assert [file.name for file in kept if password[1].encode() in file.read_bytes()] == []


def test_an_account_alone_is_opened_without_appointing_anybody(stack: Stack) -> None:
    done = appoint(stack, f"later.{secrets.token_hex(4)}", "Daudi")
    opened = OPENED.search(done.stdout)
    assert opened
    assert done.stdout.endswith("0 appointments written down\n")
    assert appointed(owner_url(stack, "licensing"), opened[2]) == []
