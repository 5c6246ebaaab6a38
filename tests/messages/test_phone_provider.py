"""The OpenID Connect provider: what it refuses, and what its pages promise."""

import re
import time
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from post_office import PostOffice, new_number

from services.messages.acts.redeem_code import assertion
from services.messages.dispatch import BY
from services.messages.domain.page_words import WORDS
from services.messages.store.subscribers import Subscribers


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"prompt": "none"}, "login_required"),
        ({"request": "x"}, "request_not_supported"),
    ],
)
def test_what_is_asked_wrongly_goes_back_as_an_error(
    office: PostOffice, asked: dict[str, str | None], error: str
) -> None:
    answer = office.keycloak().ask(**asked)
    assert answer.status_code == 303
    to = urlsplit(answer.headers["location"])
    assert f"{to.scheme}://{to.netloc}{to.path}" == office.settings.phone_redirect
    assert dict(parse_qsl(to.query)) == {"error": error, "state": "st&te"}


@pytest.mark.parametrize(
    "asked",
    [
        {"redirect_uri": "https://evil.example/"},
        {"redirect_uri": None},
        {"client_id": "somebody"},
        {"redirect_uri": "more"},
    ],
)
def test_a_stranger_is_sent_nowhere(office: PostOffice, asked: dict[str, str | None]) -> None:
    if asked.get("redirect_uri") == "more":
        asked = {"redirect_uri": office.settings.phone_redirect + "/more"}
    answer = office.keycloak().ask(**asked)
    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert "<form" not in answer.text


def test_a_code_is_good_once(office: PostOffice) -> None:
    client = office.keycloak()
    code = client.answer(new_number())["code"]
    assert client.redeem(code).status_code == 200
    again = client.redeem(code)
    assert (again.status_code, again.json()) == (400, {"error": "invalid_grant"})
    assert again.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "shown",
    [
        {"code_verifier": "x" * 43},
        {"code_verifier": ""},
        {"redirect_uri": "https://evil.example/"},
        {"code": "guessed"},
    ],
)
def test_a_code_shown_with_anything_wrong_is_spent(
    office: PostOffice, shown: dict[str, Any]
) -> None:
    client = office.keycloak()
    code = client.answer(new_number())["code"]
    told = {"code": code} | shown
    answer = client.redeem(told.pop("code"), **told)
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_grant"})
    if "code" not in shown:
        assert client.redeem(code).status_code == 400


def test_a_code_is_good_for_a_minute(office: PostOffice) -> None:
    client = office.keycloak()
    code = client.answer(new_number())["code"]
    office.age(timedelta(seconds=60))
    assert client.redeem(code).status_code == 400


def test_only_keycloak_with_its_secret_is_told_who_signed_in(office: PostOffice) -> None:
    client = office.keycloak()
    code = client.answer(new_number())["code"]
    told = {"grant_type": "authorization_code", "code": code}
    for auth in (("keycloak", "guess"), ("other", client.secret), None):
        answer = httpx.post(f"{client.issuer}/token", data=told, auth=auth)
        assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})
        assert answer.headers["www-authenticate"].startswith("Basic")
    garbled = {"Authorization": "Basic %%%"}
    assert httpx.post(f"{client.issuer}/token", data=told, headers=garbled).status_code == 401
    assert client.redeem(code).status_code == 200


def test_no_other_grant_is_given(office: PostOffice) -> None:
    answer = office.keycloak().redeem("x", grant_type="password")
    assert (answer.status_code, answer.json()) == (400, {"error": "unsupported_grant_type"})


def test_a_form_from_another_browser_is_nobodys(office: PostOffice) -> None:
    mine, other = office.keycloak(), office.keycloak()
    mine.ask()
    other.ask()
    number = new_number()
    assert other.page is not None
    other.page = mine.page
    assert other.fill(phone=number).status_code == 400
    mine.browser.cookies.clear()
    assert mine.fill(phone=number).status_code == 400
    assert office.telecom.phone(number) == []


def test_a_page_is_good_for_twenty_minutes_and_for_one_sign_in(office: PostOffice) -> None:
    client, number = office.keycloak(), new_number()
    client.answer(number)
    assert "too old" in client.fill("/code", code=office.telecom.code(number)).text
    client.ask()
    office.age(timedelta(minutes=20))
    assert "too old" in client.fill(phone=number).text


def test_two_tabs_of_one_browser_both_come_through(office: PostOffice) -> None:
    client, number = office.keycloak(), new_number()
    first = client.ask()
    client.ask()
    client.fill(phone=number)
    assert client.landed(client.fill("/code", code=office.telecom.code(number)))["code"]
    client.page = first
    client.fill(phone=number)
    assert client.landed(client.fill("/code", code=office.telecom.code(number)))["code"]


def test_the_pages_may_do_little_and_lead_to_few_places(office: PostOffice) -> None:
    page = office.keycloak().ask()
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    for origin in (office.settings.public_issuer, office.settings.public_url):
        parts = urlsplit(origin)
        assert f"{parts.scheme}://{parts.netloc}" in policy
    assert "frame-ancestors 'none'" in policy
    assert (page.headers["cache-control"], page.headers["referrer-policy"]) == (
        "no-store",
        "no-referrer",
    )
    cookie = page.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "<script" not in page.text
    assert len(page.content) < 4096


@pytest.mark.parametrize("language", sorted(WORDS))
def test_the_pages_speak_the_readers_language(office: PostOffice, language: str) -> None:
    client, number = office.keycloak(), new_number()
    page = client.ask(ui_locales=f"xx {language}-XX")
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in page.text
    for name in re.findall(r'<input id="(\w+)"', page.text):
        assert f'<label for="{name}">' in page.text
    assert f">{WORDS[language]['send']}<" in page.text
    client.fill(phone=number)
    edition = office.desk.country.newest
    said = edition.notice("one-time-code").texts[language].split("{code}")[1].split("{")[0]
    assert said in office.telecom.phone(number)[-1]["body"]
    client.landed(client.fill("/code", code=office.telecom.code(number)))
    assert office.sql("select language from subscriber where phone = %s", number) == [(language,)]


def test_every_sentence_is_there_in_every_language_of_the_country(office: PostOffice) -> None:
    assert set(office.desk.languages) <= set(WORDS)
    assert {frozenset(words) for words in WORDS.values()} == {frozenset(WORDS["en"])}


def test_the_number_a_client_hints_at_stands_in_the_field(office: PostOffice) -> None:
    page = office.keycloak().ask(login_hint="+255700000123")
    assert 'value="+255700000123"' in page.text
    assert "<b>" not in office.keycloak().ask(login_hint="<b>").text


def test_a_blocked_number_signs_nobody_in(office: PostOffice) -> None:
    _, number = office.subscriber()
    office.sql("update subscriber set blocked_at = now() where phone = %s", number)
    client = office.keycloak()
    client.ask()
    client.fill(phone=number)
    answer = client.fill("/code", code=office.telecom.code(number))
    assert (answer.status_code, "blocked" in answer.text) == (403, True)


def test_a_number_given_to_another_person_is_another_subscriber(office: PostOffice) -> None:
    number = new_number()
    first = office.keycloak().sign_in(number)["sub"]
    office.sql("update subscriber set released_at = now() where id = %s", first)
    second = office.keycloak().sign_in(number)["sub"]
    assert first != second


def test_the_identity_says_when_the_code_was_given(office: PostOffice) -> None:
    claims = office.keycloak().sign_in(new_number())
    assert abs(claims["auth_time"] - time.time()) < 60
    assert claims["exp"] - claims["iat"] <= 120


def test_the_provider_describes_itself(office: PostOffice) -> None:
    issuer = office.settings.phone_issuer
    told = httpx.get(f"{issuer}/.well-known/openid-configuration").json()
    assert told["issuer"] == issuer
    assert told["code_challenge_methods_supported"] == ["S256"]
    (key,) = httpx.get(told["jwks_uri"]).json()["keys"]
    assert (key["kty"], key["crv"], "d" in key) == ("EC", "P-256", False)


def test_an_assertion_names_the_subscriber_for_a_minute(office: PostOffice) -> None:
    number, client = new_number(), office.keycloak()
    subject = client.sign_in(number)["sub"]

    def made(work: Any) -> str:
        reader = Subscribers(work.session).holding(number)
        assert reader is not None
        return assertion(work, office.desk, reader)

    claims = client.claims(office.works.run(BY, made))
    assert (claims["sub"], claims["aud"]) == (subject, office.settings.public_issuer)
    assert claims["exp"] - claims["iat"] == 60
    assert claims["jti"]
