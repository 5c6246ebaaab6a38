"""What stands around every page: headers, built files, forms that prove themselves, troubles."""

import re
from typing import Annotated

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.routing import iter_route_contexts
from jinja2 import ChoiceLoader, DictLoader
from portal_of_tests import law, service, settings
from starlette.testclient import TestClient

from kernel.problems import NotAllowed, Problem, Stale, TooMany, TryLater
from portal.app import create_app
from portal.web.cookies import Cookies
from portal.web.languages import say, speak
from portal.web.pages import pages
from portal.web.trouble import TROUBLES
from portal.web.typed import Typed, typed

LANGUAGES = ("en", "fr", "sw", "ar")
PROOF = re.compile(r'name="proof" value="([^"]+)"')

router = APIRouter()
FAILURES: dict[str, type[Problem]] = {
    "403": NotAllowed, "409": Problem, "412": Stale, "429": TooMany, "503": TryLater,
}


@router.get("/tests/page")
def page(request: Request) -> Response:
    return pages(request).show(request, "tests.html")


@router.post("/tests/echo")
def echo(fields: Annotated[Typed, Depends(typed)]) -> dict[str, list[str]]:
    return dict(fields)


@router.api_route("/tests/fails/{how}", methods=["GET", "POST"])
def fails(how: str) -> Response:
    if how in FAILURES:
        raise FAILURES[how]("A detail for machines")
    raise RuntimeError("a secret of ours")


@pytest.fixture(scope="module")
def app() -> FastAPI:
    app = create_app(settings(most_bytes=2000), service(lambda _: httpx.Response(500)), law())
    app.include_router(router)
    made = app.state.pages.environment
    own = '{% extends "base.html" %}{% block main %}{{ proof_field() }}{% endblock %}'
    made.loader = ChoiceLoader([DictLoader({"tests.html": own}), made.loader])
    return app


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return TestClient(app, base_url="https://testserver", follow_redirects=False)


def proof_on(page: httpx.Response) -> str:
    found = PROOF.search(page.text)
    assert found
    return found[1]


def test_nothing_foreign_may_run_frame_or_be_fetched(client: TestClient) -> None:
    answer = client.get("/", params={"x": '"><script>alert(1)</script>'})
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'self';")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "<script" not in answer.text
    assert "style=" not in answer.text
    assert not re.findall(r'(?:src|href)="https?:', answer.text)


def test_tls_is_insisted_on_where_there_is_tls() -> None:
    for url, told in (("https://cadastre.example", True), ("http://127.0.0.1:1", False)):
        app = create_app(settings(public_url=url), service(lambda _: httpx.Response(500)), law())
        answer = TestClient(app).get("/")
        assert ("strict-transport-security" in answer.headers) is told


@pytest.mark.parametrize(
    ("url", "secure"),
    [
        ("https://cadastre.example", True), ("http://127.0.0.1:21030", True),
        ("http://192.168.1.9", False),
    ],
)
def test_cookies_are_for_this_host_over_tls(url: str, secure: bool) -> None:
    answer = Response()
    Cookies.at(url).put(answer, "visitor", "v")
    told = answer.headers["set-cookie"]
    assert told.startswith("__Host-cp-visitor=v;") is secure
    assert ("Secure" in told) is secure
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(told.split("; "))


def test_built_files_are_kept_for_ever_in_the_best_form_taken(client: TestClient) -> None:
    sheet = re.search(r'href="(/static/portal\.\w+\.css)"', client.get("/").text)
    assert sheet
    sizes = {}
    for taken, form in (("br, gzip", "br"), ("gzip", "gzip"), ("identity", None)):
        answer = client.get(sheet[1], headers={"Accept-Encoding": taken})
        assert answer.headers.get("content-encoding") == form
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["content-type"].startswith("text/css")
        sizes[form] = int(answer.headers["content-length"])
    assert sizes["br"] < sizes["gzip"] < sizes[None] / 4
    assert client.get("/static/manifest.json").status_code == 404
    assert client.get("/static/..%2fmanifest.json").status_code == 404


def test_a_form_of_our_own_page_is_taken(client: TestClient) -> None:
    first, second = (proof_on(client.get("/tests/page")) for _ in range(2))
    assert first != second  # masked anew
    sent = {"proof": first, "name": "Amina", "photo": ["1", "2"]}
    answer = client.post("/tests/echo", data=sent, headers={"Origin": "https://testserver"})
    assert answer.json() == {"name": ["Amina"], "photo": ["1", "2"]}


@pytest.mark.parametrize(
    ("proof", "headers"),
    [
        ("", {}),
        ("AAAA", {}),
        ("not base 64 ©", {}),
        (None, {"Origin": "https://evil.example"}),
        (None, {"Origin": "null"}),
        (None, {"Sec-Fetch-Site": "cross-site"}),
    ],
)
def test_a_form_from_elsewhere_is_not(
    client: TestClient, proof: str | None, headers: dict[str, str]
) -> None:
    own = proof_on(client.get("/tests/page"))
    sent = {"proof": own if proof is None else proof}
    answer = client.post("/tests/echo", data=sent, headers=headers)
    assert answer.status_code == 403
    assert "This form could not be taken" in answer.text


def test_another_browsers_proof_is_none(client: TestClient) -> None:
    stolen = proof_on(client.get("/tests/page"))
    client.cookies.clear()
    client.get("/tests/page")
    assert client.post("/tests/echo", data={"proof": stolen}).status_code == 403


def test_a_page_with_a_proof_is_kept_in_no_cache(client: TestClient) -> None:
    assert client.get("/").headers["cache-control"] == "private, no-cache"
    assert "set-cookie" not in client.get("/").headers
    assert client.get("/tests/page").headers["cache-control"] == "no-store"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/tests/fails/403", 403),
        ("GET", "/nothing/here", 404),
        ("DELETE", "/tests/page", 405),
        ("GET", "/tests/fails/409", 409),
        ("GET", "/tests/fails/412", 409),
        ("GET", "/tests/fails/429", 429),
        ("GET", "/tests/fails/mistake", 500),
        ("GET", "/tests/fails/503", 503),
    ],
)
def test_every_trouble_is_told_in_words_with_a_way_on(
    client: TestClient, method: str, path: str, status: int, language: str
) -> None:
    answer = client.request(method, path, headers={"Accept-Language": language})
    assert answer.status_code == status
    assert f'lang="{language}"' in answer.text
    text = answer.text.replace("&#39;", "'")
    speak(client.app.state.pages.languages.offered[language])  # type: ignore[attr-defined]
    for part in ("title", "happened", "todo"):
        assert say(getattr(TROUBLES[status], part)) in text
    assert 'href="/"' in text
    assert "A detail for machines" not in text
    assert "secret" not in text


def test_more_than_a_form_may_bring_is_refused_however_its_length_is_told(
    client: TestClient,
) -> None:
    own = proof_on(client.get("/tests/page"))
    sent = {"proof": own, "much": "x" * 3000}
    assert client.post("/tests/echo", data=sent).status_code == 413

    def unmeasured() -> object:
        yield from (b"much=", b"x" * 1500, b"x" * 1500)

    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = client.post("/tests/echo", content=unmeasured(), headers=kind)  # type: ignore[arg-type]
    assert answer.status_code == 413
    assert TROUBLES[413].title in answer.text


def test_what_was_sent_into_an_outage_can_be_sent_again_as_it_was(client: TestClient) -> None:
    own = proof_on(client.get("/tests/page"))
    sent = {"proof": own, "name": 'A "quoted" name', "mineral": ["gold", "tin"]}
    answer = client.post("/tests/fails/503", data=sent)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert 'action="/tests/fails/503"' in answer.text
    assert 'name="name" value="A &#34;quoted&#34; name"' in answer.text
    assert answer.text.count('name="mineral"') == 2
    again = {"proof": proof_on(answer), "name": "A"}
    assert client.post("/tests/echo", data=again).json() == {"name": ["A"]}


def test_every_route_that_takes_a_form_looks_where_it_comes_from(client: TestClient) -> None:
    app: FastAPI = client.app  # type: ignore[assignment]
    paths = {
        (method, str(route.path).format(how="503", code="x", name="x"))
        for route in iter_route_contexts(app.router.routes)
        for method in (route.methods or ())
        if method not in {"GET", "HEAD", "OPTIONS"}
    }
    assert paths
    for method, path in sorted(paths - {("POST", "/signin/backchannel")}):
        assert client.request(method, path).status_code == 403, path
