"""The gateway by which licensing manages officers' accounts, against a real server."""

import secrets
from collections.abc import Callable, Mapping

import pytest

from deploy.keycloak.one_time_codes import OneTimeCodes
from deploy.keycloak.sign_in import Browser, SignInFailed, Tokens, refresh
from kernel.problems import NotFound
from services.licensing.gateways.keycloak import (
    AccountOutOfReach,
    AccountRefused,
    KeycloakAway,
    NewOfficer,
    OfficerAccounts,
    UsernameTaken,
    Welcome,
)
from tests.keycloak.server import NORTH, SOUTH, KeycloakUnderTest, free_port

NEW_PASSWORD = "a-password-of-my-own-choice"


@pytest.fixture
def accounts(keycloak: KeycloakUnderTest) -> OfficerAccounts:
    return OfficerAccounts(keycloak.base_url, keycloak.secrets.appointments)


@pytest.fixture
def newcomer() -> NewOfficer:
    return NewOfficer(f"new.{secrets.token_hex(4)}", "Rose", "Mwale", NORTH.path)


def first_sign_in(
    keycloak: KeycloakUnderTest, browser: Browser, officer: NewOfficer, welcome: Welcome
) -> Tokens:
    """Temporary password, enrolment of an authenticator, a new password, in any order."""

    def code(page: Mapping[str, str]) -> str:
        codes = OneTimeCodes(keycloak.codes.memory)
        return codes.next(officer.username, page["totpSecret"])

    answers: dict[str, Callable[[Mapping[str, str]], str]] = {
        "username": lambda page: officer.username,
        "password": lambda page: welcome.temporary_password,
        "password-new": lambda page: NEW_PASSWORD,
        "password-confirm": lambda page: NEW_PASSWORD,
        "totp": code,
        "userLabel": lambda page: "my phone",
    }
    return browser.sign_in(keycloak.staff, answers)


def test_a_new_officer_enrols_a_second_factor_at_the_first_sign_in(
    keycloak: KeycloakUnderTest, accounts: OfficerAccounts, newcomer: NewOfficer, browser: Browser
) -> None:
    welcome = accounts.create(newcomer)
    before = accounts.account(welcome.subject)
    assert before.offices == {NORTH.path}
    assert before.second_factors == frozenset()
    tokens = first_sign_in(keycloak, browser, newcomer, welcome)
    claims = keycloak.claims(tokens.access)
    assert (claims["sub"], claims["groups"]) == (welcome.subject, [NORTH.path])
    assert accounts.account(welcome.subject).second_factors == {"otp"}


def test_the_temporary_password_alone_opens_nothing(
    keycloak: KeycloakUnderTest, accounts: OfficerAccounts, newcomer: NewOfficer, browser: Browser
) -> None:
    welcome = accounts.create(newcomer)
    answers = {
        "username": lambda page: newcomer.username,
        "password": lambda page: welcome.temporary_password,
    }
    with pytest.raises(SignInFailed):
        browser.sign_in(keycloak.staff, answers)


def test_an_account_is_found_by_its_whole_username(
    accounts: OfficerAccounts, newcomer: NewOfficer
) -> None:
    welcome = accounts.create(newcomer)
    found = accounts.find(newcomer.username)
    assert found is not None
    assert (found.subject, found.enabled) == (welcome.subject, True)
    assert accounts.find(newcomer.username[:-1]) is None


def test_a_taken_username_is_refused(accounts: OfficerAccounts, newcomer: NewOfficer) -> None:
    accounts.create(newcomer)
    with pytest.raises(UsernameTaken):
        accounts.create(newcomer)


def test_an_unknown_office_is_refused(accounts: OfficerAccounts) -> None:
    stray = NewOfficer("stray.officer", "No", "Body", "/agencies/mines/mines-moon")
    with pytest.raises(NotFound):
        accounts.create(stray)


def test_a_username_against_the_rules_is_refused_with_keycloaks_reason(
    accounts: OfficerAccounts,
) -> None:
    with pytest.raises(AccountRefused) as refusal:
        accounts.create(NewOfficer("a<b>", "No", "Body", NORTH.path))
    assert refusal.value.facts["reason"]


def test_a_move_joins_the_new_office_before_it_leaves_the_old(
    accounts: OfficerAccounts, newcomer: NewOfficer
) -> None:
    subject = accounts.create(newcomer).subject
    for _ in range(2):
        accounts.move_office(subject, NORTH.path, SOUTH.path)
        assert accounts.account(subject).offices == {SOUTH.path}


def test_an_officer_of_two_offices_leaves_one(
    accounts: OfficerAccounts, newcomer: NewOfficer
) -> None:
    subject = accounts.create(newcomer).subject
    accounts.join_office(subject, SOUTH.path)
    assert accounts.account(subject).offices == {NORTH.path, SOUTH.path}
    accounts.leave_office(subject, NORTH.path)
    assert accounts.account(subject).offices == {SOUTH.path}


def test_who_leaves_the_last_office_is_disabled_and_can_be_brought_back(
    accounts: OfficerAccounts, newcomer: NewOfficer
) -> None:
    subject = accounts.create(newcomer).subject
    accounts.leave_office(subject, NORTH.path)
    left = accounts.account(subject)
    assert left.enabled is False
    assert left.offices == {NORTH.path}
    accounts.enable(subject)
    accounts.move_office(subject, NORTH.path, SOUTH.path)
    assert accounts.account(subject).offices == {SOUTH.path}


def test_a_disabled_officer_is_out_at_the_next_refresh(
    keycloak: KeycloakUnderTest, accounts: OfficerAccounts, newcomer: NewOfficer, browser: Browser
) -> None:
    welcome = accounts.create(newcomer)
    tokens = first_sign_in(keycloak, browser, newcomer, welcome)
    accounts.disable(welcome.subject)
    with pytest.raises(SignInFailed, match="400"):
        refresh(keycloak.staff, tokens)


def test_signing_out_ends_the_session(
    keycloak: KeycloakUnderTest, accounts: OfficerAccounts
) -> None:
    tokens = keycloak.officer_tokens("screener.south")
    accounts.sign_out(keycloak.officers["screener.south"].subject)
    with pytest.raises(SignInFailed, match="Session not active"):
        refresh(keycloak.staff, tokens)


def test_an_account_without_an_office_is_out_of_reach(
    keycloak: KeycloakUnderTest, accounts: OfficerAccounts
) -> None:
    name = f"outside.{secrets.token_hex(4)}"
    with keycloak.admin() as admin:
        subject = admin.post("realms/staff/users", {"username": name, "enabled": True}, "make")
    with pytest.raises(AccountOutOfReach):
        accounts.disable(subject)


def test_a_subject_nobody_has_is_not_found(accounts: OfficerAccounts) -> None:
    with pytest.raises(NotFound):
        accounts.account("00000000-0000-0000-0000-000000000000")


def test_an_absent_keycloak_is_an_outage_and_no_refusal(keycloak: KeycloakUnderTest) -> None:
    absent = OfficerAccounts(f"http://127.0.0.1:{free_port()}", "x")
    with pytest.raises(KeycloakAway):
        absent.find("anybody")


def test_a_wrong_secret_is_an_outage_and_no_refusal(keycloak: KeycloakUnderTest) -> None:
    with pytest.raises(KeycloakAway):
        OfficerAccounts(keycloak.base_url, "wrong").find("anybody")
