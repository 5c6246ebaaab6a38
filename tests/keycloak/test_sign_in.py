import httpx
import pytest

from deploy.keycloak.realms import AUDIENCES
from deploy.keycloak.sign_in import Browser, SignInFailed, refresh, sign_in_miner
from tests.keycloak.server import KeycloakUnderTest


def test_an_officer_signs_in_and_the_token_names_office_roles_and_audiences(
    keycloak: KeycloakUnderTest,
) -> None:
    claims = keycloak.claims(keycloak.officer_tokens("director.north").access)
    assert claims["sub"] == keycloak.officers["director.north"].subject
    assert claims["groups"] == ["/agencies/mines/mines-north"]
    assert set(claims["realm_access"]["roles"]) == {"officer", "approver"}
    assert set(claims["aud"]) == set(AUDIENCES)
    assert (claims["azp"], claims["acr"]) == ("portal", "1")
    assert claims["exp"] - claims["iat"] == 600


def test_the_access_token_carries_no_name_and_no_address(keycloak: KeycloakUnderTest) -> None:
    claims = keycloak.claims(keycloak.officer_tokens("surveyor.north").access)
    assert not claims.keys() & {"name", "email", "preferred_username", "given_name"}


def test_stepping_up_asks_only_for_the_code_and_moves_the_time(
    keycloak: KeycloakUnderTest, browser: Browser
) -> None:
    first = keycloak.officer_tokens("director.north", browser)
    before = keycloak.claims(first.access)
    while keycloak_second(keycloak) == before["auth_time"]:
        pass
    second = keycloak.officer_tokens("director.north", browser, step_up=True)
    after = keycloak.claims(second.access)
    assert (before["acr"], after["acr"]) == ("1", "2")
    assert after["auth_time"] > before["auth_time"]
    assert after["sid"] == before["sid"]


def keycloak_second(keycloak: KeycloakUnderTest) -> int:
    """The whole second in which a token made now is issued."""
    form = {
        "grant_type": "client_credentials", "client_id": "appointments",
        "client_secret": keycloak.secrets.appointments,
    }
    answer = httpx.post(f"{keycloak.staff.protocol}/token", data=form)
    issued = keycloak.claims(answer.json()["access_token"])["iat"]
    assert isinstance(issued, int)
    return issued


def test_a_one_time_code_works_once(keycloak: KeycloakUnderTest, browser: Browser) -> None:
    login = keycloak.officers["registrar.lands"].login
    used: list[str] = []

    def remembered(username: str, seed: str) -> str:
        used.append(used[0] if used else keycloak.codes.next(username, seed))
        return used[0]

    answers = {
        "username": lambda page: login.username, "password": lambda page: login.password,
        "otp": lambda page: remembered(login.username, login.seed),
    }
    browser.sign_in(keycloak.staff, answers, acr_values="2")
    with Browser() as other, pytest.raises(SignInFailed, match="more than"):
        other.sign_in(keycloak.staff, answers, acr_values="2")
    with keycloak.admin() as admin:
        person = keycloak.officers["registrar.lands"].subject
        admin.delete(f"realms/staff/attack-detection/brute-force/users/{person}", None, "unlock")


def test_a_refreshed_token_shows_the_new_office(
    keycloak: KeycloakUnderTest, browser: Browser
) -> None:
    tokens = keycloak.officer_tokens("screener.south", browser)
    person = f"realms/staff/users/{keycloak.officers['screener.south'].subject}/groups"
    with keycloak.admin() as admin:
        old = admin.get("realms/staff/group-by-path/agencies/mines/mines-south")["id"]
        new = admin.get("realms/staff/group-by-path/agencies/mines/mines-north")["id"]
        admin.put(f"{person}/{new}", None, "join")
        admin.delete(f"{person}/{old}", None, "leave")
        tokens = refresh(keycloak.staff, tokens)
        admin.put(f"{person}/{old}", None, "join")
        admin.delete(f"{person}/{new}", None, "leave")
    assert keycloak.claims(tokens.access)["groups"] == ["/agencies/mines/mines-north"]


def test_a_miner_signs_in_by_phone_and_is_the_same_person_the_next_time(
    keycloak: KeycloakUnderTest,
) -> None:
    number = "+255700000001"
    first = keycloak.miner_tokens(number)
    second = keycloak.miner_tokens(number)
    claims = keycloak.public_claims(first.access)
    assert claims["sub"] == keycloak.public_claims(second.access)["sub"]
    assert claims["sub"] == keycloak.phone.subscribers[number]
    assert claims["realm_access"]["roles"] == ["miner"]
    assert set(claims["aud"]) == set(AUDIENCES)
    assert "phone_number" not in claims
    assert keycloak.public_claims(first.identity)["phone_number"] == number


def test_two_numbers_are_two_people(keycloak: KeycloakUnderTest) -> None:
    one = keycloak.public_claims(keycloak.miner_tokens("+255700000002").access)
    two = keycloak.public_claims(keycloak.miner_tokens("+255700000003").access)
    assert one["sub"] != two["sub"]


class PhoneRead:
    """Reads codes and counts how often."""

    def __init__(self) -> None:
        self.count = 0
        self.codes: dict[str, str] = {}

    def __call__(self, number: str) -> str:
        self.count += 1
        return self.codes[number]


def test_a_miner_who_is_asked_again_proves_the_phone_again(
    keycloak: KeycloakUnderTest, browser: Browser
) -> None:
    number = "+255700000004"
    keycloak.miner_tokens(number, browser)
    unread = PhoneRead()
    sign_in_miner(browser, keycloak.public, number, unread)
    assert unread.count == 0
    unread.codes = keycloak.phone.codes
    sign_in_miner(browser, keycloak.public, number, unread, prompt="login")
    assert unread.count == 1


def test_a_channel_without_a_browser_gets_a_token_for_a_known_miner(
    keycloak: KeycloakUnderTest,
) -> None:
    number = "+255700000005"
    known = keycloak.public_claims(keycloak.miner_tokens(number).access)
    form = {
        "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "client_id": "phone-gateway", "client_secret": keycloak.secrets.phone_gateway,
        "assertion": keycloak.phone.assertion(number, keycloak.public.issuer),
    }
    answer = httpx.post(f"{keycloak.public.protocol}/token", data=form)
    claims = keycloak.public_claims(answer.json()["access_token"])
    assert (claims["sub"], claims["azp"]) == (known["sub"], "phone-gateway")
    assert set(claims["aud"]) == set(AUDIENCES)
    again = httpx.post(f"{keycloak.public.protocol}/token", data=form)
    assert again.status_code == 400
    assert "reuse" in again.json()["error_description"]
