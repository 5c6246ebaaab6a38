"""Sessions: begun by Keycloak alone, ended by time, by the person, or from elsewhere."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from keycloak_of_tests import KeycloakOfTests
from visitor_of_tests import PROOF, Around, Visitor

from chassis.database import owner_engine
from chassis.migrate import current, migrate
from portal.settings import Settings
from portal.signin.routes import inside
from portal.store.tables import metadata
from portal.store.upkeep import sweep
from tests.own_database import as_owner

OFFICE = "/tests/office"


def test_an_empty_database_comes_to_head_and_equals_the_tables(kept: Settings) -> None:
    assert migrate(kept) == current(kept)
    engine = owner_engine(kept)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_the_way_to_keycloak_carries_a_challenge_and_no_secret(visitor: Visitor) -> None:
    led = visitor.get("/signin/staff?to=/verify&lang=ar")
    asked = parse_qs(urlsplit(led.headers["location"]).query)
    assert asked["client_id"] == ["portal"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["http://testserver/signin/callback"]
    assert asked["ui_locales"] == ["ar"]
    assert {"state", "nonce", "code_challenge"} <= asked.keys()
    assert not {"client_secret", "code_verifier"} & asked.keys()


def test_signing_in_leads_back_and_names_who_it_is(visitor: Visitor) -> None:
    answer = visitor.sign_in("staff", "o1", to="/verify", name="Amina Odeh")
    assert answer.headers["location"] == "/verify"
    told = answer.headers["set-cookie"]
    assert "__Host-cp-session=" in told
    assert "HttpOnly" in told
    assert "Secure" in told
    page = visitor.get("/verify")
    assert "Amina Odeh" in page.text
    assert "Sign out" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert "access-" not in page.text


def test_a_miner_is_called_by_the_end_of_the_number(visitor: Visitor) -> None:
    visitor.sign_in("public", "m1", phone_number="+255700000123")
    page = visitor.get("/")
    assert "…123" in page.text
    assert "+2557" not in page.text


def test_who_is_signed_in_is_so_on_a_page_that_does_not_exist_too(visitor: Visitor) -> None:
    visitor.sign_in("staff", "o1", name="Amina Odeh")
    page = visitor.get("/nowhere")
    assert (page.status_code, page.headers["cache-control"]) == (404, "no-store")
    assert "Amina Odeh" in page.text


def test_signing_in_leads_back_to_what_was_asked(visitor: Visitor) -> None:
    page = visitor.get("/tests/decision?realm=x&part=2")
    assert page.status_code == 401
    assert "/signin/staff?to=/tests/decision%3Frealm%3Dx%26part%3D2" in page.text


def test_a_page_for_officers_is_not_for_miners(visitor: Visitor) -> None:
    assert visitor.get(OFFICE).status_code == 401
    visitor.sign_in("public", "m1")
    assert visitor.get(OFFICE).status_code == 401


@pytest.mark.parametrize("change", ["state", "code", "cookie", "nonce", "audience", "time"])
def test_a_way_back_that_does_not_fit_the_way_there_signs_nobody_in(
    around: Around, visitor: Visitor, change: str
) -> None:
    led = visitor.get("/signin/staff")
    more: dict[str, Any] = {"audience": {"aud": "other"}, "time": {"exp": 1}}.get(change, {})
    back = around.keycloak.sign_in(led.headers["location"], "o1", **more)
    if change == "state":
        back = back.replace("state=", "state=x")
    if change == "code":
        back = f"{back}0"
    if change == "cookie":
        visitor = around.visitor()
    if change == "nonce":
        for asked in around.keycloak.codes.values():
            asked["nonce"] = "another"
    answer = visitor.get(back)
    assert answer.status_code == 422
    assert "The sign-in was not finished" in answer.text
    assert 'href="/signin"' in answer.text
    assert visitor.get(OFFICE).status_code == 401


def test_a_sign_in_that_was_given_up_says_how_to_begin_again(visitor: Visitor) -> None:
    answer = visitor.get("/signin/callback?state=s&error=access_denied")
    assert answer.status_code == 422
    assert "begun in another browser" in answer.text


def test_the_back_button_after_signing_in_leads_on(around: Around, visitor: Visitor) -> None:
    led = visitor.get("/signin/staff")
    back = around.keycloak.sign_in(led.headers["location"], "o1")
    assert visitor.get(back).headers["location"] == "/"
    assert visitor.get(back).headers["location"] == "/"


def test_keycloak_away_is_told_and_nothing_is_lost(around: Around, visitor: Visitor) -> None:
    led = visitor.get("/signin/staff")
    back = around.keycloak.sign_in(led.headers["location"], "o1")
    around.keycloak.away = True
    assert visitor.get(back).status_code == 503
    around.keycloak.away = False
    assert visitor.get(back).headers["location"] == "/"


def test_each_sign_in_has_a_session_of_a_new_name(visitor: Visitor) -> None:
    names = set()
    for sub in ("o1", "o1", "o2"):
        visitor.sign_in("staff", sub)
        names.add(visitor.client.cookies["__Host-cp-session"])
    assert len(names) == 3
    assert visitor.get(OFFICE).json()["key"] == "staff:o2"


@pytest.mark.parametrize(("realm", "minutes"), [("staff", 120), ("public", 30)])
def test_a_session_without_requests_ends(
    around: Around, visitor: Visitor, realm: str, minutes: int
) -> None:
    visitor.sign_in(realm, "p1")
    for _ in range(3):
        around.pass_time(minutes=minutes - 1)
        assert "Sign out" in visitor.get("/").text
    around.pass_time(minutes=minutes + 1)
    assert "Sign out" not in visitor.get("/").text


def test_no_session_lasts_longer_than_a_day_of_work(around: Around, visitor: Visitor) -> None:
    visitor.sign_in("staff", "p2")
    for _ in range(11):
        assert "Sign out" in visitor.get("/").text
        around.pass_time(minutes=55)
    assert "Sign out" not in visitor.get("/").text


def test_signing_out_ends_it_here_and_at_keycloak(around: Around, visitor: Visitor) -> None:
    visitor.sign_in("staff", "o3")
    stolen = around.visitor(visitor.client.cookies)
    page = visitor.get("/")
    answer = visitor.post("/signout", {"proof": PROOF.findall(page.text)[-1]})
    there = urlsplit(answer.headers["location"])
    asked = parse_qs(there.query)
    assert there.path.endswith("/protocol/openid-connect/logout")
    assert asked["post_logout_redirect_uri"] == ["http://testserver/signed-out"]
    assert {"id_token_hint", "client_id"} <= asked.keys()
    origin = f"{there.scheme}://{there.netloc}"
    assert origin in page.headers["content-security-policy"]
    assert not visitor.client.cookies
    assert stolen.get(OFFICE).status_code == 401
    assert "You have signed out" in visitor.get("/signed-out").text


@pytest.mark.parametrize("by", ["sid", "sub"])
def test_keycloak_ends_the_sessions_it_names_and_no_others(
    around: Around, by: str, issuer: KeycloakOfTests
) -> None:
    hers, his = around.visitor(), around.visitor()
    hers.sign_in("staff", "hers", sid="s-hers")
    his.sign_in("staff", "his", sid="s-his")
    named = {"sid": "s-hers"} if by == "sid" else {"sub": "hers"}
    token = issuer.logout_token("staff", **named)
    server = around.visitor()
    assert server.post("/signin/backchannel", {"logout_token": token}).status_code == 200
    assert hers.get(OFFICE).status_code == 401
    assert his.get(OFFICE).status_code == 200


def forged(issuer: KeycloakOfTests) -> dict[str, str]:
    return {
        "none": "",
        "no token": "a.b.c",
        "an identity token": issuer.identity("staff", sub="his"),
        "for another client": issuer.logout_token("staff", sub="his", aud="other"),
        "of another realm": issuer.logout_token("staff", sub="his", iss="http://other"),
        "with a nonce": issuer.logout_token("staff", sub="his", nonce="n"),
        "an old one": issuer.logout_token("staff", sub="his", iat=1, exp=2),
        "of no event": issuer.logout_token("staff", sub="his", events={}),
    }


def test_nobody_else_ends_sessions(around: Around, issuer: KeycloakOfTests) -> None:
    his = around.visitor()
    his.sign_in("staff", "his")
    for what, token in forged(issuer).items():
        answer = around.visitor().post("/signin/backchannel", {"logout_token": token})
        assert answer.status_code == 400, what
    assert his.get(OFFICE).status_code == 200


def test_a_changed_secret_of_the_portal_signs_everybody_out(
    around: Around, visitor: Visitor
) -> None:
    visitor.sign_in("staff", "o10")
    key = around.settings.session_key.__class__("another secret of thirty-two characters")
    around.settings = around.settings.model_copy(update={"session_key": key})
    assert visitor.restarted().get(OFFICE).status_code == 401


def test_what_is_over_is_swept_away(around: Around, visitor: Visitor) -> None:
    visitor.sign_in("public", "m9")
    visitor.get("/")
    around.pass_time(days=40)
    assert sweep(around.app.state.database, around.app.state.clock) >= 1
    assert as_owner(around.settings, "select count(*) from session") == [(0,)]
    assert as_owner(around.settings, "select count(*) from sheet") == [(0,)]


@pytest.mark.parametrize(
    ("address", "inside_of"),
    [
        ("/verify?code=A", "/verify?code=A"),
        ("//evil.example", "/"),
        ("https://evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/\nSet-Cookie: x", "/"),
        ("/signin/staff", "/"),
        ("", "/"),
    ],
)
def test_nobody_is_led_out_of_the_portal(address: str, inside_of: str) -> None:
    assert inside(address) == inside_of
