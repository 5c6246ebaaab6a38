"""People before the portal: browsers that keep cookies, a clock in the hand, a service to call."""

import re
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from fastapi import APIRouter, FastAPI, Request, Response
from jinja2 import ChoiceLoader, DictLoader
from keycloak_of_tests import KeycloakOfTests
from portal_of_tests import law, service
from pydantic import BaseModel
from starlette.testclient import TestClient

from chassis.clock import Clock
from portal.app import create_app
from portal.settings import Settings
from portal.signin.people import AtOfficer, AtPerson
from portal.signin.tokens import calling, must_be_fresh
from portal.web.pages import pages
from portal.web.sheets import AtSheet, settle

PROOF = re.compile(r'name="proof" value="([^"]+)"')
KEY = re.compile(r'name="sheet" value="([^"]+)"')
FORM = """{% extends "base.html" %}{% block main %}
<form method="post">{{ sheet_fields(sheet) }}<input name="name" value="{{ sheet.value('name') }}">
<input name="pin" value="{{ sheet.value('pin') }}"></form>{% endblock %}"""

router = APIRouter()


class Sent(BaseModel):
    name: str


class Made(BaseModel):
    number: int


@router.get("/tests/things")
def show(request: Request, person: AtPerson, sheet: AtSheet) -> Response:
    return pages(request).show(request, "form.html", {"sheet": sheet})


@router.post("/tests/things")
def send(request: Request, person: AtPerson, sheet: AtSheet) -> Response:
    door = calling(request, request.app.state.licensing, person)
    made = door.post("/things", Sent(name=sheet.value("name")), Made, key=str(sheet.key))
    return settle(request, sheet, f"/tests/things/{made.number}")


@router.get("/tests/open")
def show_to_all(request: Request, sheet: AtSheet) -> Response:
    return pages(request).show(request, "form.html", {"sheet": sheet})


@router.post("/tests/open")
def send_by_anybody(request: Request, sheet: AtSheet) -> Response:
    return settle(request, sheet, "/tests/open/sent")


@router.get("/tests/office")
def office(person: AtOfficer) -> dict[str, str]:
    return {"key": person.key, "name": person.name}


@router.get("/tests/decision")
def decide(request: Request, person: AtPerson) -> dict[str, str]:
    must_be_fresh(request, person)
    return {"acr": person.acr}


@router.get("/tests/token")
def token(request: Request, person: AtPerson) -> dict[str, Any]:
    return calling(request, request.app.state.licensing, person).get("/echo", dict[str, Any])


class Licensing:
    """Makes a thing once for each key, answers a repeat alike; `away` is its outage."""

    def __init__(self) -> None:
        self.made = dict[str, int]()
        self.bodies = dict[str, bytes]()
        self.away = self.lost_answer = False

    def __call__(self, call: httpx.Request) -> httpx.Response:
        if self.away:
            raise httpx.ConnectError("away")
        if call.url.path == "/v1/echo":
            return httpx.Response(200, json={"token": call.headers["authorization"]})
        key = call.headers["idempotency-key"]
        number = self.made.setdefault(key, len(self.made) + 1)
        self.bodies.setdefault(key, call.content)
        if self.lost_answer:
            raise httpx.ReadTimeout("no answer")
        return httpx.Response(200, json={"number": number})


class Around:
    """The portal, restarted at will, and what stands around it."""

    def __init__(self, settings: Settings, keycloak: KeycloakOfTests) -> None:
        self.settings, self.keycloak, self.licensing = settings, keycloak, Licensing()
        self.now = datetime.now(UTC)
        self.opened = ExitStack()
        keycloak.away = keycloak.over = False
        keycloak.renewals = 0
        self.app = self.start()

    def start(self) -> FastAPI:
        """A portal's process; what an earlier one knew it finds in the database only."""
        identity = httpx.Client(transport=httpx.MockTransport(self.keycloak))
        clock = Clock("training", machine=lambda: self.now)
        app = create_app(self.settings, service(self.licensing), law(), clock, identity)
        app.include_router(router)
        made = app.state.pages.environment
        made.loader = ChoiceLoader([DictLoader({"form.html": FORM}), made.loader])
        self.app = app
        return app

    def pass_time(self, **much: float) -> None:
        self.now += timedelta(**much)

    def visitor(self, cookies: httpx.Cookies | None = None) -> "Visitor":
        client = TestClient(
            self.app, base_url="https://testserver", follow_redirects=False, cookies=cookies
        )
        return Visitor(self, self.opened.enter_context(client))

    def close(self) -> None:
        self.opened.close()


class Visitor:
    """One browser."""

    def __init__(self, around: Around, client: TestClient) -> None:
        self.around, self.client = around, client

    def get(self, path: str) -> httpx.Response:
        return self.client.get(path)

    def restarted(self) -> "Visitor":
        """The same browser before a portal that was started again."""
        self.around.start()
        return self.around.visitor(self.client.cookies)

    def sign_in(self, realm: str, sub: str, to: str = "/", **claims: Any) -> httpx.Response:
        """Through Keycloak and back; the answer is where the portal leads on to."""
        led = self.get(f"/signin/{realm}?to={to}")
        back = self.around.keycloak.sign_in(led.headers["location"], sub, **claims)
        return self.get(back)

    def fill(self, page: httpx.Response, **fields: Any) -> dict[str, Any]:
        """What the page's form would send with these fields typed in."""
        proof, key = PROOF.findall(page.text)[-1], KEY.search(page.text)
        assert key
        return {"proof": proof, "sheet": key[1], **fields}

    def post(self, path: str, sent: dict[str, Any]) -> httpx.Response:
        return self.client.post(path, data=sent)
