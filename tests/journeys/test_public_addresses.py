"""Behind a proxy that ends TLS: people sign in under public names, and services know them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from chassis.signing import TokenSigner
from cli.demo_ring.waiting import until
from deploy.keycloak.one_time_codes import OneTimeCodes
from deploy.keycloak.people import Person, make_officers
from deploy.keycloak.realms import Office
from deploy.keycloak.sign_in import (
    Browser,
    OfficerLogin,
    PortalClient,
    SignInFailed,
    Tokens,
    refresh,
    sign_in_miner,
    sign_in_officer,
)
from deploy.stack.environment import keycloak_address, own_admin, phone_issuer
from deploy.stack.layout import Stack
from deploy.stack.processes import MIGRATED
from deploy.stack.vault import secret
from services.messages.gateways.sessions import Sessions
from tests.journeys.given_servers import cornerpost, on_servers, own_places
from tests.journeys.tls_proxy import CALLER, Proxy, tls_proxy

BASE = 23700
IDENTITY, CODES = "id.example.test", "codes.example.test"
TOLD = {
    "CORNERPOST_PUBLIC_URL": "https://cadastre.example.test",
    "CORNERPOST_KEYCLOAK_PUBLIC_URL": f"https://{IDENTITY}",
    "CORNERPOST_PHONE_PUBLIC_URL": f"https://{CODES}/phone",
}
NORTH = Office("mines", "mines-north")
OFFICER = Person("rose.north", "Rose", "Kimaro", (NORTH,), ("officer",))
PHONE = "+255755010203"
SIX_DIGITS = re.compile(r"\b\d{6}\b")
LOGOUT = "protocol/openid-connect/logout/backchannel-logout"


@pytest.fixture(scope="module")
def public(stack: Stack) -> Iterator[Stack]:
    """A production stack with a Keycloak of its own that was told where browsers find it."""
    with (
        own_places(stack, (*MIGRATED, "keycloak")) as given,
        on_servers(given | TOLD, stack.data.with_name(f"public-{stack.base}"), BASE) as made,
    ):
        yield made


@pytest.fixture(scope="module")
def proxy(public: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    leads_to = {IDENTITY: public.address("keycloak"), CODES: public.address("messages")}
    with tls_proxy(leads_to, tmp_path_factory.mktemp("tls")) as running:
        yield running


@pytest.fixture
def browser(proxy: Proxy) -> Iterator[Browser]:
    with Browser(proxy.ways()) as one:
        yield one


def client(stack: Stack, realm: str, name: str) -> PortalClient:
    """The portal: it sends browsers to the public name and exchanges codes on loopback."""
    return PortalClient(
        f"https://{IDENTITY}/realms/{realm}", name, secret(stack, f"client-{name}"),
        f"{TOLD['CORNERPOST_PUBLIC_URL']}/signin/callback",
        f"{keycloak_address(stack)}/realms/{realm}",
    )


def claims(stack: Stack, realm: str, tokens: Tokens) -> dict[str, Any]:
    """What a token says, by keys that Keycloak shows on loopback."""
    certs = f"{keycloak_address(stack)}/realms/{realm}/protocol/openid-connect/certs"
    keys = KeySet.import_key_set(httpx.get(certs).json())
    return dict(jwt.decode(tokens.access, keys, algorithms=["ES256"]).claims)


def asked(stack: Stack, service: str, path: str, tokens: Tokens) -> httpx.Response:
    """What the service answers; one that has just begun may have no keys of the issuer yet."""
    told = {"Authorization": f"Bearer {tokens.access}"}

    def answered() -> httpx.Response | None:
        answer = httpx.get(f"{stack.address(service)}{path}", headers=told, timeout=30)
        return None if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE else answer

    return until(f"{service} knows the issuer's keys", answered)


def code_on(stack: Stack, number: str) -> str:
    """The code in the newest text on a phone."""
    texts = httpx.get(f"{stack.address('telecom')}/phones/{number}/messages").json()
    found = SIX_DIGITS.search(texts[-1]["body"])
    assert found is not None
    return found[0]


@pytest.mark.timeout(600)
def test_a_miner_signs_in_under_public_names_and_services_take_the_token(
    public: Stack, proxy: Proxy, browser: Browser
) -> None:
    portal = client(public, "public", "portal-public")
    tokens = sign_in_miner(browser, portal, PHONE, lambda number: code_on(public, number))
    said = claims(public, "public", tokens)
    assert said["iss"] == f"https://{IDENTITY}/realms/public"
    me = asked(public, "messages", "/v1/subscribers/me", tokens)
    assert me.status_code == 200, me.text
    assert me.json()["phone_ends"] == PHONE[-3:]
    assert asked(public, "licensing", "/v1/applications", tokens).status_code == 200
    paths = [path for host, path in proxy.asked if host == CODES]
    assert paths == ["/phone/authorize", "/phone/number", "/phone/code"]
    tokens = refresh(portal, tokens)
    stop(public, UUID(said["sub"]))
    with pytest.raises(SignInFailed, match="Session not active"):
        refresh(portal, tokens)


def test_an_officer_signs_in_with_the_second_factor_and_is_known_to_licensing(
    public: Stack, browser: Browser, tmp_path: Path
) -> None:
    kept = tmp_path / "officers.json"
    made = make_officers(keycloak_address(public), own_admin(public), [OFFICER], kept)
    officer = made[OFFICER.username]
    where = ("--data", str(public.data))
    cornerpost("appoint", officer.person, NORTH.office, "read-cases", *where)
    portal = client(public, "staff", "portal")
    codes = OneTimeCodes(tmp_path / "codes")
    tokens = sign_in_officer(browser, portal, officer.login, codes, step_up=True)
    said = claims(public, "staff", tokens)
    assert (said["iss"], said["acr"]) == (f"https://{IDENTITY}/realms/staff", "2")
    assert asked(public, "licensing", "/v1/inbox", tokens).status_code == 200


def test_keycloak_tells_each_caller_the_addresses_that_he_reaches(
    public: Stack, proxy: Proxy
) -> None:
    path = "/realms/public/.well-known/openid-configuration"
    inside = httpx.get(f"{keycloak_address(public)}{path}").json()
    with httpx.Client(transport=proxy.ways()) as outside_caller:
        outside = outside_caller.get(f"https://{IDENTITY}{path}").json()
    for told in (inside, outside):
        assert told["issuer"] == f"https://{IDENTITY}/realms/public"
        assert told["authorization_endpoint"].startswith(f"https://{IDENTITY}/")
    assert inside["jwks_uri"].startswith(keycloak_address(public))
    assert outside["jwks_uri"].startswith(f"https://{IDENTITY}/")


def test_keycloak_writes_down_who_called_the_proxy(
    public: Stack, proxy: Proxy, browser: Browser
) -> None:
    portal = client(public, "staff", "portal")
    nobody = OfficerLogin("nobody.anywhere", "wrong", "")
    codes = OneTimeCodes(public.data / "fakes" / "codes")
    with pytest.raises(SignInFailed):
        sign_in_officer(browser, portal, nobody, codes)
    assert f'ipAddress="{CALLER}"' in public.log("keycloak").read_text()


def stop(stack: Stack, subscriber: UUID) -> None:
    """What messages does when a number is stopped: Keycloak ends the sessions begun with it."""
    signer = TokenSigner.load(stack.keys, "messages-phone")
    url = f"{keycloak_address(stack)}/realms/public/{LOGOUT}"
    sessions = Sessions(url, phone_issuer(stack), "keycloak", signer, 5)
    sessions.end(subscriber)
    sessions.close()
