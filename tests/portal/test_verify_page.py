"""The verify page against a licensing service that answers, refuses, or is away."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from kernel.codes import PublicCode
from portal.app import create_app
from portal.settings import Settings
from portal.verify import SAID

CODE = str(PublicCode("AMP", 2026, 7))
SETTINGS = Settings(mode="training", licensing_url="http://licensing")
GENUINE: dict[str, Any] = {
    "genuine": True,
    "holder": "Umoja <b>Cooperative</b>",
    "titles": {"en": "Artisanal mining permit"},
    "type": "artisanal-permit",
    "minerals": ["gold"],
    "hectares": "6.4012",
    "valid_from": "2026-03-02T08:00:00Z",
    "valid_to": "2029-03-02T08:00:00Z",
    "may_sell": True,
    "quantity_per_period": "5 kg a month",
}


def body(verdict: str, **more: Any) -> dict[str, Any]:
    told = {
        "code": CODE,
        "verdict": verdict,
        "genuine": False,
        "may_sell": False,
        "as_of": "2026-03-02T21:30:00Z",
        "log": {"size": 42, "root": "00"},
        "training": True,
    }
    return {"body": told | more, "key": "k", "signature": "s"}


@contextmanager
def portal(answer: Callable[[httpx.Request], httpx.Response]) -> Iterator[TestClient]:
    licensing = httpx.Client(transport=httpx.MockTransport(answer), base_url="http://licensing")
    with TestClient(create_app(SETTINGS, licensing), follow_redirects=False) as client:
        yield client


def answering(told: dict[str, Any]) -> Callable[[httpx.Request], httpx.Response]:
    return lambda request: httpx.Response(200, json=told)


def test_a_licence_in_force_is_told_with_its_holder_on_the_countrys_clock() -> None:
    with portal(answering(body("in-force", **GENUINE))) as client:
        page = client.get(f"/verify/{CODE}")
    assert page.status_code == 200
    assert "In force" in page.text
    assert "Umoja &lt;b&gt;Cooperative&lt;/b&gt;" in page.text
    assert "yes, up to 5 kg a month" in page.text
    assert "3 March 2026, 00:30:00" in page.text  # 21:30 UTC in a country three hours ahead
    assert "TRAINING" in page.text


@pytest.mark.parametrize("verdict", [v for v in SAID if v not in {"in-force", "not-in-force"}])
def test_what_is_no_licence_never_looks_like_one(verdict: str) -> None:
    with portal(answering(body(verdict))) as client:
        page = client.get(f"/verify/{CODE}")
    assert SAID[verdict].word in page.text
    assert 'class="answer yes"' not in page.text


def test_a_slip_of_the_pen_is_told_before_the_register_is_asked() -> None:
    asked: list[httpx.Request] = []

    def note(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(500)

    with portal(note) as client:
        page = client.get("/verify", params={"code": CODE[:-1] + ("A" if CODE[-1] != "A" else "B")})
    assert page.status_code == 422
    assert "not a number of ours" in page.text
    assert asked == []


def test_small_letters_and_blanks_lead_to_the_numbers_own_page() -> None:
    with portal(answering(body("unknown"))) as client:
        page = client.get("/verify", params={"code": f"  {CODE.lower()} "})
    assert (page.status_code, page.headers["location"]) == (303, f"/verify/{CODE}")


def test_a_register_that_is_away_is_no_verdict() -> None:
    def away(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with portal(away) as client:
        page = client.get(f"/verify/{CODE}")
    assert page.status_code == 503
    assert page.headers["retry-after"] == "5"
    assert "does not answer" in page.text
    assert not any(said.word in page.text for said in SAID.values())


def test_nothing_foreign_may_run_on_the_page() -> None:
    with portal(answering(body("unknown"))) as client:
        page = client.get("/verify", params={"code": '"><script>alert(1)</script>'})
        sheet = client.get("/static/portal.css")
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert "<script" not in page.text
    assert sheet.status_code == 200
