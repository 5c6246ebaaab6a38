"""The gateway by which licensing manages officers' accounts, against a real server."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from deploy.keycloak.one_time_codes import OneTimeCodes
from deploy.keycloak.sign_in import Browser, SignInFailed, Tokens, refresh
from kernel.problems import NotFound
from services.licensing.domain.account import (
    Account,
    AccountInUse,
    AccountOutOfReach,
    AccountRefused,
    NewOfficer,
    UsernameTaken,
    Welcome,
)
from services.licensing.domain.second_factor import SecondFactorMissing
from services.licensing.gateways.keycloak import KeycloakAway, OfficerAccounts
from tests.keycloak.server import NORTH, SOUTH, KeycloakUnderTest, free_port

NEW_PASSWORD = "a-password-of-my-own-choice"


@pytest.fixture
def accounts(keycloak: KeycloakUnderTest) -> OfficerAccounts:
    return OfficerAccounts(keycloak.base_url, keycloak.secrets.appointments)


@pytest.fixture
def newcomer() -> NewOfficer:
    name = f"new.{secrets.token_hex(4)}"
    return NewOfficer(name, "Rose", "Mwale", NORTH.path, f"{name}@mines.example")


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


def test_a_newcomer_is_no_decider_before_the_factor_is_enrolled_and_enrols_once(
    keycloak: KeycloakUnderTest, accounts: OfficerAccounts, newcomer: NewOfficer, browser: Browser
) -> None:
    welcome = accounts.create(newcomer)
    with pytest.raises(SecondFactorMissing):
        accounts.look_at_factor(welcome.subject)
    first_sign_in(keycloak, browser, newcomer, welcome)
    for _ in range(2):
        seen = accounts.look_at_factor(welcome.subject)
        assert (seen.person, seen.kinds) == (f"staff:{welcome.subject}", {"otp"})
    with keycloak.admin() as admin:
        path = f"realms/staff/users/{welcome.subject}"
        assert "enrolment" not in (admin.get(path).get("attributes") or {})
        (factor,) = [one for one in admin.get(f"{path}/credentials") if one["type"] == "otp"]
        admin.delete(f"{path}/credentials/{factor['id']}", None, "the phone was lost")
    with Browser() as other, pytest.raises(SignInFailed, match="401"):
        first_sign_in(keycloak, other, newcomer, Welcome(welcome.subject, NEW_PASSWORD))


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


def test_an_officer_of_two_offices_leaves_one(
    accounts: OfficerAccounts, newcomer: NewOfficer
) -> None:
    subject = accounts.create(newcomer).subject
    accounts.join_office(subject, SOUTH.path)
    assert accounts.account(subject).offices == {NORTH.path, SOUTH.path}
    accounts.leave_office(subject, NORTH.path)
    assert accounts.account(subject).offices == {SOUTH.path}


def close(keycloak: KeycloakUnderTest, subject: str) -> None:
    """What an administrator does in the console."""
    with keycloak.admin() as admin:
        path = f"realms/staff/users/{subject}"
        admin.put(path, admin.get(path) | {"enabled": False}, "closed")


def state(accounts: OfficerAccounts, subject: str) -> tuple[bool, set[str]]:
    account = accounts.account(subject)
    return account.enabled, set(account.offices)


def test_who_leaves_the_last_office_is_closed_out_and_comes_back_with_the_next_one(
    accounts: OfficerAccounts, newcomer: NewOfficer
) -> None:
    subject = accounts.create(newcomer).subject
    for _ in range(2):
        accounts.leave_office(subject, NORTH.path)
        assert state(accounts, subject) == (False, {NORTH.path})
    for _ in range(2):
        accounts.join_office(subject, SOUTH.path)
        assert state(accounts, subject) == (True, {SOUTH.path})
    accounts.leave_office(subject, NORTH.path)
    assert state(accounts, subject) == (True, {SOUTH.path})
    back = accounts.account(subject)
    assert (back.names, back.email) == (("Rose", "Mwale"), newcomer.email)


def test_who_comes_back_to_the_same_office_keeps_its_group(
    accounts: OfficerAccounts, newcomer: NewOfficer
) -> None:
    subject = accounts.create(newcomer).subject
    accounts.leave_office(subject, NORTH.path)
    accounts.join_office(subject, NORTH.path)
    assert state(accounts, subject) == (True, {NORTH.path})
    assert accounts.account(subject).left is None


def test_whom_an_administrator_closed_no_appointment_opens(
    keycloak: KeycloakUnderTest, accounts: OfficerAccounts, newcomer: NewOfficer
) -> None:
    subject = accounts.create(newcomer).subject
    close(keycloak, subject)
    accounts.join_office(subject, NORTH.path)
    assert state(accounts, subject) == (False, {NORTH.path})
    accounts.leave_office(subject, NORTH.path)
    accounts.join_office(subject, SOUTH.path)
    assert state(accounts, subject) == (False, {SOUTH.path})


def test_who_was_closed_again_after_coming_back_stays_closed(
    keycloak: KeycloakUnderTest, accounts: OfficerAccounts, newcomer: NewOfficer
) -> None:
    subject = accounts.create(newcomer).subject
    accounts.leave_office(subject, NORTH.path)
    accounts.join_office(subject, SOUTH.path)
    close(keycloak, subject)
    accounts.join_office(subject, SOUTH.path)
    assert state(accounts, subject) == (False, {SOUTH.path})


def test_an_appointment_that_comes_while_the_last_office_is_left_keeps_the_account_open(
    keycloak: KeycloakUnderTest,
    accounts: OfficerAccounts,
    newcomer: NewOfficer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    subject = accounts.create(newcomer).subject
    another = OfficerAccounts(keycloak.base_url, keycloak.secrets.appointments)
    with keycloak.admin() as admin:
        groups = admin.get(f"realms/staff/group-by-path{SOUTH.path}")["id"]

        def joined_elsewhere(who: str) -> None:
            admin.put(f"realms/staff/users/{who}/groups/{groups}", None, "joined")

        monkeypatch.setattr(accounts, "sign_out", joined_elsewhere)
        accounts.leave_office(subject, NORTH.path)
    assert state(another, subject) == (True, {SOUTH.path})


def test_who_left_the_last_office_is_out_at_the_next_refresh(
    keycloak: KeycloakUnderTest, accounts: OfficerAccounts, newcomer: NewOfficer, browser: Browser
) -> None:
    welcome = accounts.create(newcomer)
    tokens = first_sign_in(keycloak, browser, newcomer, welcome)
    accounts.leave_office(welcome.subject, NORTH.path)
    with pytest.raises(SignInFailed, match="400"):
        refresh(keycloak.staff, tokens)


def test_opening_an_account_again_gives_the_same_one_without_a_password(
    accounts: OfficerAccounts, newcomer: NewOfficer
) -> None:
    welcome = accounts.open(newcomer)
    assert isinstance(welcome, Welcome)
    assert accounts.account(welcome.subject).pending == {"UPDATE_PASSWORD", "CONFIGURE_TOTP"}
    again = accounts.open(newcomer)
    assert isinstance(again, Account)
    assert again.subject == welcome.subject


def test_nobody_else_gets_an_account_by_a_username_that_is_taken(
    accounts: OfficerAccounts, newcomer: NewOfficer
) -> None:
    accounts.open(newcomer)
    other = {"first_name": "Paul"}, {"email": "another@mines.example"}
    for change in other:
        with pytest.raises(UsernameTaken):
            accounts.open(replace(newcomer, **change))
    with pytest.raises(UsernameTaken):
        accounts.open(replace(newcomer, username=f"{newcomer.username}.two"))


def test_a_lost_first_password_is_replaced_until_the_first_sign_in(
    keycloak: KeycloakUnderTest, accounts: OfficerAccounts, newcomer: NewOfficer, browser: Browser
) -> None:
    lost = accounts.create(newcomer)
    welcome = accounts.welcome_again(lost.subject)
    assert welcome.temporary_password != lost.temporary_password
    tokens = first_sign_in(keycloak, browser, newcomer, welcome)
    assert keycloak.claims(tokens.access)["sub"] == lost.subject
    with pytest.raises(AccountInUse):
        accounts.welcome_again(lost.subject)


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
        accounts.sign_out(subject)


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
