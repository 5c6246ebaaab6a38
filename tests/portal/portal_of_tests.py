"""The portal as tests run it: real pages, and services that answer what a test says."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from starlette.testclient import TestClient

from kernel.codes import PublicCode
from kernel.law.editions import Edition
from kernel.law.load import load_country
from portal.app import create_app
from portal.settings import Settings
from portal.web.calls import client

CODE = str(PublicCode("AMP", 2026, 7))
SECRET = "a secret of thirty-two characters or more"
GENUINE: dict[str, Any] = {
    "genuine": True,
    "holder": "Umoja <b>Cooperative</b>",
    "titles": {"en": "Artisanal mining permit", "ar": "رخصة تعدين حرفي"},
    "type": "artisanal-permit",
    "minerals": ["gold"],
    "hectares": "6.4012",
    "valid_from": "2026-03-02T08:00:00Z",
    "valid_to": "2029-03-02T08:00:00Z",
    "may_sell": True,
    "quantity_per_period": "5 kg a month",
}

Answer = Callable[[httpx.Request], httpx.Response]


@cache
def law() -> Edition:
    return load_country(Path("rulebooks"), "example").newest


def settings(**more: Any) -> Settings:
    told: dict[str, Any] = {
        "mode": "training", "licensing_url": "http://licensing", "session_key": SECRET,
        "public_url": "http://testserver", "database": "postgresql://nobody@127.0.0.1:9/none",
        "staff_issuer": "http://keycloak.example/realms/staff",
        "public_issuer": "http://keycloak.example/realms/public",
    }
    return Settings(**(told | more))


def verdict(word: str, **more: Any) -> dict[str, Any]:
    """What licensing answers of a number."""
    told = {
        "code": CODE,
        "verdict": word,
        "genuine": False,
        "may_sell": False,
        "as_of": "2026-03-02T21:30:00Z",
        "log": {"size": 42, "root": "00"},
        "training": True,
    }
    return {"body": told | more, "key": "k", "signature": "s"}


def answering(told: dict[str, Any]) -> Answer:
    return lambda request: httpx.Response(200, json=told)


def away(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused")


def service(answer: Answer) -> httpx.Client:
    return client("http://licensing", httpx.MockTransport(answer))


@contextmanager
def portal(answer: Answer = away, **more: Any) -> Iterator[TestClient]:
    """A browser before the portal. It keeps `Secure` cookies, as browsers do on loopback."""
    app = create_app(settings(**more), service(answer), law())
    with TestClient(app, base_url="https://testserver", follow_redirects=False) as browser:
        yield browser
