"""Appointing first officers by username: accounts opened, found again, and refused to others."""

import secrets
from pathlib import Path

import pytest

from cli.appointing import Seating, Wanted
from kernel.authority import Power
from kernel.law.load import load_country
from kernel.problems import NotFound
from services.licensing.domain.account import AccountRefused, UsernameTaken
from services.licensing.domain.second_factor import SecondFactorMissing
from services.licensing.gateways.keycloak import OfficerAccounts
from tests.keycloak.server import NORTH, KeycloakUnderTest

RULEBOOKS = Path(__file__).parents[2] / "rulebooks"


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def seating(keycloak: KeycloakUnderTest, said: list[str]) -> Seating:
    accounts = OfficerAccounts(keycloak.base_url, keycloak.secrets.appointments)
    return Seating(load_country(RULEBOOKS, "example").newest, accounts, said.append)


@pytest.fixture
def wanted() -> Wanted:
    name = f"first.{secrets.token_hex(4)}"
    return Wanted(
        person=name, office="mines-north", powers=(Power.PROPOSE_APPOINTMENT,),
        first_name="Rose", last_name="Mwale", email=f"{name}@mines.example",
    )


def test_an_account_is_opened_once_and_its_password_shown_once(
    seating: Seating, said: list[str], wanted: Wanted
) -> None:
    seed = seating.seat(wanted)
    assert [line for line in said if line.startswith("Password")]
    assert seating.accounts is not None
    account = seating.accounts.account(seed.person.removeprefix("staff:"))
    assert (account.username, account.offices) == (wanted.person, {NORTH.path})
    assert account.pending == {"UPDATE_PASSWORD", "CONFIGURE_TOTP"}
    said.clear()
    assert seating.seat(wanted) == seed
    shouted = wanted.model_copy(update={"person": wanted.person.upper()})
    assert seating.seat(shouted) == seed
    nameless = wanted.model_copy(update={"first_name": None, "last_name": None})
    assert seating.seat(nameless) == seed
    assert [line for line in said if "assword" in line] == []


def test_a_decider_is_refused_before_the_first_sign_in_and_told_what_to_do(
    seating: Seating, wanted: Wanted
) -> None:
    seed = seating.seat(wanted)
    with pytest.raises(SecondFactorMissing, match="sign in at the desk"):
        seating.look(seed)
    reader = seating.seat(wanted.model_copy(update={"powers": (Power.READ_CASES,)}))
    assert seating.look(reader) == reader


def test_another_person_is_refused_a_username_that_is_taken(
    seating: Seating, said: list[str], wanted: Wanted
) -> None:
    seating.seat(wanted)
    said.clear()
    with pytest.raises(UsernameTaken):
        seating.seat(wanted.model_copy(update={"first_name": "Paul"}))
    assert said == []


def test_a_lost_password_is_replaced_on_request(
    seating: Seating, said: list[str], wanted: Wanted
) -> None:
    seating.seat(wanted)
    first = said[1]
    seating.seat(wanted.model_copy(update={"new_password": True}))
    assert [line for line in said if line.startswith("Password") and line != first]


def test_nobody_is_appointed_by_a_username_without_an_account(
    seating: Seating, wanted: Wanted
) -> None:
    with pytest.raises(NotFound):
        seating.seat(wanted.model_copy(update={"last_name": None}))


def test_a_username_against_the_rules_is_refused(seating: Seating, wanted: Wanted) -> None:
    with pytest.raises(AccountRefused):
        seating.seat(wanted.model_copy(update={"person": "a<b>", "email": None}))
