"""Officer accounts in Keycloak, through a service account that manages members of offices."""

import json
import re
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from keycloak import KeycloakAdmin, KeycloakOpenIDConnection
from keycloak.exceptions import KeycloakConnectionError, KeycloakError

from kernel.problems import NotFound, Problem

REALM = "staff"
SECOND_FACTORS = frozenset({"otp", "webauthn"})
MESSAGE_CODE = re.compile(r"[A-Za-z]+(-[a-z]+)*")
FIRST_SIGN_IN = ("UPDATE_PASSWORD", "CONFIGURE_TOTP")

T = TypeVar("T")


class KeycloakAway(Exception):
    """Keycloak did not answer, or answered with a fault of its own: try again later."""


class UsernameTaken(Problem):
    """Usernames and e-mail addresses are unique among officers."""

    title = "Another officer has this username or e-mail address"


class AccountOutOfReach(Problem):
    """The service account may manage members of offices only; an administrator is never one."""

    title = "This account belongs to no office, so it cannot be managed here"


class AccountRefused(Problem):
    """Keycloak's rules for usernames, names or passwords were not met; `reason` is its own code."""

    title = "The account does not meet the rules for accounts"


@dataclass(frozen=True, slots=True)
class NewOfficer:
    """Who is to get an account; `office` is the group `/agencies/<agency>/<office>`."""

    username: str
    first_name: str
    last_name: str
    office: str
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """An officer's account as Keycloak has it; `subject` is the `sub` of the tokens."""

    subject: str
    username: str
    enabled: bool
    offices: frozenset[str]
    second_factors: frozenset[str]


@dataclass(frozen=True, slots=True)
class Welcome:
    """What the desk hands over: a password for the first sign-in, which enrols a factor."""

    subject: str
    temporary_password: str = field(repr=False)


class OfficerAccounts:
    """Every call may raise KeycloakAway, and NotFound for an unknown subject or office.

    Authority is not decided here: it needs a live appointment in the register.
    """

    def __init__(self, base_url: str, secret: str, seconds: int = 10) -> None:
        self._base_url = base_url
        self._secret = secret
        self._seconds = seconds
        self._mine = threading.local()

    def create(self, officer: NewOfficer) -> Welcome:
        """Open an account; the first sign-in replaces its password and enrols a second factor.

        Raises UsernameTaken, AccountRefused.
        """
        password = secrets.token_urlsafe(15)
        body = {
            "username": officer.username,
            "firstName": officer.first_name,
            "lastName": officer.last_name,
            "enabled": True,
            "groups": [officer.office],
            "requiredActions": list(FIRST_SIGN_IN),
            "credentials": [{"type": "password", "value": password, "temporary": True}],
        } | ({"email": officer.email} if officer.email else {})
        self._group(officer.office)
        return Welcome(self._ask(lambda admin: admin.create_user(body)), password)

    def find(self, username: str) -> Account | None:
        """The account with exactly this username, if there is one."""
        query = {"username": username, "exact": True}
        found = self._ask(lambda admin: admin.get_users(query))
        return self.account(found[0]["id"]) if found else None

    def account(self, subject: str) -> Account:
        """The account as it is now, with its offices and kinds of second factor."""
        user = self._ask(lambda admin: admin.get_user(subject))
        groups = self._ask(lambda admin: admin.get_user_groups(subject))
        held = self._ask(lambda admin: admin.get_credentials(subject))
        return Account(
            subject=subject,
            username=user["username"],
            enabled=user["enabled"],
            offices=frozenset(group["path"] for group in groups),
            second_factors=frozenset(one["type"] for one in held) & SECOND_FACTORS,
        )

    def join_office(self, subject: str, office: str) -> None:
        """Make the officer a member of an office as well; harmless when they are one."""
        group = self._group(office)
        self._ask(lambda admin: admin.group_user_add(subject, group))

    def leave_office(self, subject: str, office: str) -> None:
        """End membership. The last office is kept and the account disabled and signed out instead:
        an account without an office could not be managed by anybody again.
        """
        offices = self.account(subject).offices
        if office not in offices:
            return
        if len(offices) == 1:
            self.disable(subject)
            return
        group = self._group(office)
        self._ask(lambda admin: admin.group_user_remove(subject, group))

    def move_office(self, subject: str, old: str, new: str) -> None:
        """Join the new office first, then leave the old one; a repeat changes nothing."""
        self.join_office(subject, new)
        if old != new:
            self.leave_office(subject, old)

    def disable(self, subject: str) -> None:
        """No sign-in and no refresh from now on; access tokens already given run out."""
        self._ask(lambda admin: admin.update_user(subject, {"enabled": False}))
        self.sign_out(subject)

    def enable(self, subject: str) -> None:
        """Let a disabled officer sign in again."""
        self._ask(lambda admin: admin.update_user(subject, {"enabled": True}))

    def sign_out(self, subject: str) -> None:
        """End every session of this officer; the portal hears of it through back-channel logout."""
        self._ask(lambda admin: admin.user_logout(subject))

    def _group(self, path: str) -> str:
        key: str = self._ask(lambda admin: admin.get_group_by_path(path))["id"]
        return key

    def _ask(self, call: Callable[[KeycloakAdmin], T]) -> T:
        try:
            return call(self._admin())
        except KeycloakConnectionError as away:
            raise KeycloakAway("Keycloak did not answer") from away
        except KeycloakError as error:
            raise _refusal(error) from error

    def _admin(self) -> KeycloakAdmin:
        """One connection per thread: the library keeps its token and its session in it."""
        if not hasattr(self._mine, "admin"):
            self._mine.admin = KeycloakAdmin(
                connection=KeycloakOpenIDConnection(
                    server_url=self._base_url,
                    realm_name=REALM,
                    client_id="appointments",
                    client_secret_key=self._secret,
                    timeout=self._seconds,
                )
            )
        admin: KeycloakAdmin = self._mine.admin
        return admin


def _refusal(error: KeycloakError) -> Exception:
    match error.response_code:
        case 400:
            return AccountRefused("Keycloak did not accept the account", reason=_reason(error))
        case 403:
            return AccountOutOfReach("The account is in no office")
        case 404:
            return NotFound("There is no such officer or office")
        case 409:
            return UsernameTaken("Choose another username or e-mail address")
        case code:
            return KeycloakAway(f"Keycloak answered {code}")


def _reason(error: KeycloakError) -> str | None:
    """Keycloak's message code, e.g. `error-username-invalid-character`; never the input."""
    try:
        body = json.loads(error.response_body or b"")
    except ValueError:
        return None
    reason = body.get("errorMessage") if isinstance(body, Mapping) else None
    return reason if isinstance(reason, str) and MESSAGE_CODE.fullmatch(reason) else None
