"""Once a second factor is gone the password alone opens nothing and enrols no other one."""

import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from deploy.keycloak.people import Officer, Person, make_officers
from deploy.keycloak.sign_in import Browser, SignInFailed, sign_in_officer
from services.licensing.gateways.keycloak import OfficerAccounts
from tests.keycloak.server import NORTH, KeycloakUnderTest


def _officer(keycloak: KeycloakUnderTest) -> Officer:
    """An officer of this test alone, who has enrolled."""
    person = Person(f"lost.{secrets.token_hex(4)}", "Neema", "Banda", (NORTH,), ("officer",))
    with TemporaryDirectory() as folder:
        kept = Path(folder) / "officers.json"
        made = make_officers(keycloak.base_url, keycloak.account, [person], kept)
    return made[person.username]


def _loses_the_phone(keycloak: KeycloakUnderTest, subject: str) -> None:
    """What an administrator does in the console."""
    with keycloak.admin() as admin:
        held = admin.get(f"realms/staff/users/{subject}/credentials")
        factors = [one["id"] for one in held if one["type"] == "otp"]
        assert len(factors) == 1
        path = f"realms/staff/users/{subject}/credentials/{factors[0]}"
        admin.delete(path, None, "the phone was lost")


def _knows_the_password(
    keycloak: KeycloakUnderTest, officer: Officer
) -> dict[str, Callable[[Mapping[str, str]], str]]:
    """Somebody who would enrol an authenticator of their own wherever a page offers it."""
    return {
        "username": lambda page: officer.username,
        "password": lambda page: officer.password,
        "totp": lambda page: keycloak.codes.next(f"{officer.username}.own", page["totpSecret"]),
        "userLabel": lambda page: "my own",
    }


@pytest.mark.parametrize("extra", [
    {}, {"acr_values": "2"}, {"kc_action": "CONFIGURE_TOTP"}, {"kc_action": "webauthn-register"},
    {"prompt": "login", "acr_values": "2"},
])  # fmt: skip
def test_once_the_factor_is_gone_the_password_alone_enrols_no_other(
    keycloak: KeycloakUnderTest, browser: Browser, extra: dict[str, str]
) -> None:
    officer = _officer(keycloak)
    _loses_the_phone(keycloak, officer.subject)
    with pytest.raises(SignInFailed, match="401"):
        browser.sign_in(keycloak.staff, _knows_the_password(keycloak, officer), **extra)
    accounts = OfficerAccounts(keycloak.base_url, keycloak.secrets.appointments)
    assert accounts.account(officer.subject).second_factors == frozenset()


def test_a_running_session_enrols_no_other_factor_either(
    keycloak: KeycloakUnderTest, browser: Browser
) -> None:
    officer = _officer(keycloak)
    sign_in_officer(browser, keycloak.staff, officer.login, keycloak.codes)
    _loses_the_phone(keycloak, officer.subject)
    with pytest.raises(SignInFailed):
        browser.sign_in(keycloak.staff, _knows_the_password(keycloak, officer), acr_values="2")
    accounts = OfficerAccounts(keycloak.base_url, keycloak.secrets.appointments)
    assert accounts.account(officer.subject).second_factors == frozenset()
