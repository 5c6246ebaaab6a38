"""Before the real Keycloak: people sign in, prove again who they are, sign out, and are put out."""

import re
import secrets
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

from deploy.keycloak.admin import Admin
from deploy.keycloak.one_time_codes import OneTimeCodes
from deploy.keycloak.people import Officer
from deploy.keycloak.sign_in import Answers, Browser, SignInFailed
from deploy.stack import training_people
from deploy.stack.environment import keycloak_address, own_admin
from deploy.stack.layout import ROOT, Stack
from tests.served import eventually

pytestmark = pytest.mark.stack

OFFICER = "n.screener"
PROOF = re.compile(r'name="proof" value="([^"]+)"')
CODE = re.compile(r"\b(\d{6})\b")


class AtPortal(Browser):
    """A browser that also looks at the portal's pages."""

    def __init__(self, stack: Stack) -> None:
        super().__init__()
        self.stack, self.home = stack, stack.address("portal")

    def page(self, path: str = "/") -> str:
        answer = self._http.get(self.home + path)
        assert answer.status_code == 200, answer.text
        return answer.text

    def enter(self, realm: str, answers: Answers, *, confirm: bool = False) -> None:
        """Through Keycloak's own pages, to where the portal was asked to lead."""
        asked = {"to": "/verify"} | ({"confirm": "true"} if confirm else {})
        self.walk(f"{self.home}/signin/{realm}", asked, f"{self.home}/verify", answers)

    def leave(self) -> str:
        """Press the button; where it ends after Keycloak."""
        form = {"proof": PROOF.findall(self.page())[-1]}
        led = self._http.post(f"{self.home}/signout", data=form)
        end = self._http.get(led.headers["location"])
        return end.headers.get("location", end.text[:300])


@pytest.fixture
def browser(stack: Stack) -> Iterator[AtPortal]:
    with AtPortal(stack) as one:
        yield one


@pytest.fixture
def officer(stack: Stack) -> Officer:
    return training_people.officers(stack)[OFFICER]


def known_to(stack: Stack, officer: Officer) -> Answers:
    codes = OneTimeCodes(stack.secrets / "used-codes")
    return {
        "username": lambda _: officer.username,
        "password": lambda _: officer.password,
        "otp": lambda _: codes.next(officer.username, officer.seed),
    }


def cornerpost(stack: Stack, *words: str) -> None:
    asked = [sys.executable, "-m", "cli.main", *words, "--data", str(stack.data)]
    subprocess.run(asked, cwd=ROOT, check=True, capture_output=True, timeout=120)


def test_an_officer_stays_signed_in_over_a_restart_and_is_out_everywhere_after_signing_out(
    stack: Stack, browser: AtPortal, officer: Officer
) -> None:
    answers = known_to(stack, officer)
    browser.enter("staff", answers)
    assert officer.name in browser.page()
    cornerpost(stack, "stop", "portal")
    cornerpost(stack, "start", "portal")
    assert officer.name in browser.page()
    browser.enter("staff", answers, confirm=True)
    assert officer.name in browser.page()
    assert browser.leave() == f"{browser.home}/signed-out"
    assert officer.name not in browser.page()
    with pytest.raises(SignInFailed, match=r"login-actions|/auth"):
        browser.enter("staff", {})  # Keycloak asks anew: its own session is over too


def test_an_officer_who_is_signed_out_at_keycloak_is_out_of_the_portal(
    stack: Stack, browser: AtPortal, officer: Officer
) -> None:
    browser.enter("staff", known_to(stack, officer))
    with Admin(keycloak_address(stack), own_admin(stack)) as admin:
        admin.post(f"realms/staff/users/{officer.subject}/logout", {}, "signed out")
    eventually(lambda: officer.name not in browser.page(), "the session goes on", 15)


def test_a_miner_signs_in_with_the_code_on_the_phone(stack: Stack, browser: AtPortal) -> None:
    number = f"+2557{secrets.randbelow(10**8):08d}"

    def code(_: object) -> str:
        where = f"{stack.address('telecom')}/phones/{number}/messages"
        found = CODE.search(httpx.get(where).json()[-1]["body"])
        assert found
        return found[1]

    browser.enter("public", {"phone": lambda _: number, "code": code})
    assert f"…{number[-3:]}" in browser.page()
    assert browser.leave() == f"{browser.home}/signed-out"
    assert f"…{number[-3:]}" not in browser.page()
