"""Behind a proxy: browsers are led to public addresses, services go on asking on loopback."""

import re
from pathlib import Path

import pytest

from chassis.clock import machine_now
from chassis.tokens import tokens_of
from deploy.keycloak.realms import Addresses, ClientSecrets, realm_documents
from deploy.stack.environment import (
    environment,
    keycloak_launch,
    phone_address,
    phone_issuer,
    portal_told,
)
from deploy.stack.layout import Mode, Refused, Stack, establish
from deploy.stack.processes import FOREIGN, OURS, processes
from services.licensing.settings import Settings

TOLD = {
    "CORNERPOST_KEYCLOAK_PUBLIC_URL": "https://id.example.test/",
    "CORNERPOST_PHONE_PUBLIC_URL": "https://codes.example.test/phone/",
}
HOST = re.compile(r"CORNERPOST_[A-Z]+_HOST")
OWN_PHONE = "http://127.0.0.1:29023/phone"
OWN_PORTAL = "http://127.0.0.1:29030"


@pytest.fixture
def stack(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Stack:
    for name, value in TOLD.items():
        monkeypatch.setenv(name, value)
    return establish(folder / "d", Mode.TRAINING, 29000)


def told(name: str, stack: Stack) -> dict[str, str]:
    return environment(next(one for one in OURS if one.name == name), stack)


def test_tokens_bear_the_public_address_and_their_keys_are_fetched_on_loopback(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = told("licensing", stack)
    assert heard["CORNERPOST_STAFF_ISSUER"] == "https://id.example.test/realms/staff"
    assert heard["CORNERPOST_PUBLIC_ISSUER"] == "https://id.example.test/realms/public"
    for name, value in heard.items():
        monkeypatch.setenv(name, value)
    assert [(one.iss, one.keys.url) for one in tokens_of(Settings(), machine_now).issuers] == [
        (
            f"https://id.example.test/realms/{realm}",
            f"http://127.0.0.1:29010/realms/{realm}/protocol/openid-connect/certs",
        )
        for realm in ("staff", "public")
    ]


def test_keycloak_sends_browsers_to_the_public_sign_in_by_phone_and_asks_it_on_loopback(
    stack: Stack,
) -> None:
    issuer = "https://codes.example.test/phone"
    assert told("messages", stack)["CORNERPOST_MESSAGES_PHONE_ISSUER"] == issuer
    assert (phone_issuer(stack), phone_address(stack)) == (issuer, OWN_PHONE)
    addresses = Addresses("https://portal.example.test", issuer, OWN_PHONE, OWN_PORTAL)
    assert portal_told(stack) == OWN_PORTAL
    realms = realm_documents(addresses, ClientSecrets.generate(), [])
    for realm, name in ((realms["staff"], "portal"), (realms["public"], "portal-public")):
        client = next(one for one in realm["clients"] if one["clientId"] == name)
        assert client["redirectUris"] == ["https://portal.example.test/signin/callback"]
        heard_at = client["attributes"]["backchannel.logout.url"]
        assert heard_at == f"{OWN_PORTAL}/signin/backchannel"
    realm = realms["public"]
    config = realm["identityProviders"][0]["config"]
    assert (config["issuer"], config["authorizationUrl"]) == (issuer, f"{issuer}/authorize")
    assert (config["tokenUrl"], config["jwksUrl"]) == (f"{OWN_PHONE}/token", f"{OWN_PHONE}/jwks")


def test_a_given_keycloak_asks_the_sign_in_by_phone_by_its_public_address(
    folder: Path, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CORNERPOST_KEYCLOAK", "http://10.0.0.5:8080")
    given = establish(folder / "given", Mode.TRAINING, 29000)
    assert portal_told(given) == given.public_url
    assert phone_address(given) == phone_issuer(given) == "https://codes.example.test/phone"
    heard = told("licensing", given)
    assert heard["CORNERPOST_KEYCLOAK"] == "http://10.0.0.5:8080"
    assert heard["CORNERPOST_STAFF_ISSUER"] == "https://id.example.test/realms/staff"


def test_keycloak_knows_its_public_address_and_is_started_anew_when_it_changes(
    folder: Path, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = keycloak_launch(stack).command
    assert "--hostname=https://id.example.test" in command
    assert {"--hostname-backchannel-dynamic=true", "--proxy-headers=xforwarded"} <= {*command}
    keycloak = next(one for one in FOREIGN if one.name == "keycloak")
    before = environment(keycloak, stack)
    for name in TOLD:
        monkeypatch.setenv(name, "")
    plain = establish(folder / "d", Mode.TRAINING, 29000)
    assert "--hostname=http://127.0.0.1:29010" in keycloak_launch(plain).command
    assert "--proxy-headers=xforwarded" not in keycloak_launch(plain).command
    assert environment(keycloak, plain) != before


def test_what_was_told_is_kept(
    folder: Path, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in TOLD:
        monkeypatch.delenv(name)
    again = establish(folder / "d", Mode.TRAINING, 29000)
    assert phone_issuer(again) == phone_issuer(stack)
    assert told("cadastre", again) == told("cadastre", stack)


@pytest.mark.parametrize("name", TOLD)
def test_a_public_address_is_one_of_https(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "http://id.example.test")
    with pytest.raises(Refused, match=f"{name} begins with https://"):
        establish(folder / "d", Mode.TRAINING, 29000)


def heard_on(stack: Stack) -> dict[str, str | None]:
    """What each process is told of where it listens."""
    every = {one.name: environment(one, stack) for one in processes(stack) if one.exists}
    return {
        process: next((told[name] for name in told if HOST.fullmatch(name)), None)
        for process, told in every.items()
    }


def test_in_a_container_the_doors_are_heard_outside_and_nothing_else_is(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = establish(folder / "usual", Mode.TRAINING, 29000)
    assert set(heard_on(usual).values()) == {"127.0.0.1", None}
    assert "--http-host=127.0.0.1" in keycloak_launch(usual).command
    monkeypatch.setenv("CORNERPOST_LISTEN", "0.0.0.0")
    container = establish(folder / "container", Mode.TRAINING, 29000)
    heard = heard_on(container)
    doors = {name for name, host in heard.items() if host == "0.0.0.0"}
    assert doors == {"licensing", "cadastre", "payments", "messages", "portal"}
    assert {host for name, host in heard.items() if name not in doors} == {None}
    assert "--http-host=0.0.0.0" in keycloak_launch(container).command
    monkeypatch.setenv("CORNERPOST_LISTEN", "10.0.0.5")
    with pytest.raises(Refused, match="CORNERPOST_LISTEN is"):
        heard_on(establish(folder / "container", Mode.TRAINING, 29000))
