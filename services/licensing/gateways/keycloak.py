"""Officer accounts in Keycloak, through a service account that manages members of offices."""

import json
import re
import secrets
import threading
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from keycloak import KeycloakAdmin, KeycloakOpenIDConnection
from keycloak.exceptions import KeycloakConnectionError, KeycloakError

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
from services.licensing.domain.second_factor import ENROLS, FactorSeen, seen_at
from services.licensing.settings import Settings

REALM = "staff"
SECOND_FACTORS = frozenset({"otp", "webauthn"})
PENDING = "UPDATE_PASSWORD"
LEFT = "left_office"  # the last office of an account without one: its group is kept
CLOSED, US = "closed_by", "appointments"  # it was open when its last office was left
MESSAGE_CODE = re.compile(r"[A-Za-z]+(-[a-z]+)*")
FIRST_SIGN_IN = (PENDING, ENROLS)
ENROLLING, OPEN = "enrolment", "open"  # without it a password without a factor opens nothing
TURNS = 64
SECONDS = 5

PROFILE = ("username", "email", "emailVerified", "firstName", "lastName")

T = TypeVar("T")


class KeycloakAway(Exception):
    """Keycloak did not answer, or answered with a fault of its own: try again later."""


class OfficerAccounts:
    """Every call may raise KeycloakAway, and NotFound for an unknown subject or office.

    Authority is not decided here: it needs a live appointment in the register.
    """

    def __init__(self, base_url: str, secret: str, seconds: int = SECONDS) -> None:
        self._base_url = base_url
        self._secret = secret
        self._seconds = seconds
        self._mine = threading.local()
        self._turns = tuple(threading.Lock() for _ in range(TURNS))

    def open(self, officer: NewOfficer) -> Welcome | Account:
        """The account that the officer has already, or a new one.

        Raises UsernameTaken, also when the username's account bears other names or another
        address; AccountRefused; AccountOutOfReach for an account that is in no office.
        """
        found = self.find(officer.username)
        if found is None:
            return self.create(officer)
        if not found.is_of(officer):
            raise UsernameTaken("This username is of an account with other names or addresses")
        if not found.offices:
            raise AccountOutOfReach("An administrator puts the account into an office first")
        return found

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
            "attributes": {ENROLLING: [OPEN]},
            "credentials": [{"type": "password", "value": password, "temporary": True}],
        } | ({"email": officer.email} if officer.email else {})
        self._group(officer.office)
        return Welcome(self._ask(lambda admin: admin.create_user(body)), password)

    def welcome_again(self, subject: str) -> Welcome:
        """Another temporary password, for a first one that was lost. Raises AccountInUse."""
        if PENDING not in self.account(subject).pending:
            raise AccountInUse("Nobody but its owner knows its password now")
        password = secrets.token_urlsafe(15)
        self._ask(lambda admin: admin.set_user_password(subject, password, temporary=True))
        return Welcome(subject, password)

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
        noted = user.get("attributes") or {}
        return Account(
            subject=subject,
            username=user["username"],
            enabled=user["enabled"],
            names=(user.get("firstName", ""), user.get("lastName", "")),
            email=user.get("email"),
            offices=frozenset(group["path"] for group in groups),
            second_factors=frozenset(one["type"] for one in held) & SECOND_FACTORS,
            pending=frozenset(user.get("requiredActions") or ()),
            left=next(iter(noted.get(LEFT, ())), None),
            closed_by_us=US in noted.get(CLOSED, ()),
        )

    def look_at_factor(self, subject: str) -> FactorSeen:
        """The factor of somebody who is to decide. From now on the password alone enrols none.

        Raises SecondFactorMissing.
        """
        with self._turn(subject):
            seen = seen_at(self.account(subject))
            user = self._ask(lambda admin: admin.get_user(subject))
            if ENROLLING in (user.get("attributes") or {}):
                self._write(user, {}, enabled=user["enabled"], without=(ENROLLING,))
        return seen

    def join_office(self, subject: str, office: str) -> None:
        """Make the officer a member of an office as well; harmless when they are one.

        Who had left the last office comes back: that office's group is taken away, and the account
        opened again if it was leaving that closed it. What an administrator closed stays closed.
        """
        group = self._group(office)
        with self._turn(subject):
            self._ask(lambda admin: admin.group_user_add(subject, group))
            self._come_back(self.account(subject), office)

    def leave_office(self, subject: str, office: str) -> None:
        """End membership. The last office is kept and the account disabled and signed out instead:
        an account without an office could not be managed by anybody again. It is noted which office
        that was, and whether the account was open until then.
        """
        with self._turn(subject):
            account = self.account(subject)
            if office not in account.offices:
                return
            if account.offices != {office}:
                group = self._group(office)
                self._ask(lambda admin: admin.group_user_remove(subject, group))
                return
            self._close(account, office)
            meanwhile = self.account(subject).offices - {office}  # joined from another process
            if meanwhile:
                self._come_back(self.account(subject), min(meanwhile))

    def _close(self, account: Account, office: str) -> None:
        noted = {LEFT: [office]}
        if account.enabled or account.closed_by_us:
            noted[CLOSED] = [US]
        if account.left != office or account.enabled:
            self._note(account.subject, noted, enabled=False)
        self.sign_out(account.subject)

    def _come_back(self, account: Account, office: str) -> None:
        """Undo `_close`; nothing to do for an account that never left its last office."""
        left = account.left
        if left is None:
            return
        if left != office and left in account.offices:
            group = self._group(left)
            self._ask(lambda admin: admin.group_user_remove(account.subject, group))
        self._note(account.subject, {}, enabled=account.enabled or account.closed_by_us)

    def _note(self, subject: str, noted: Mapping[str, list[str]], *, enabled: bool) -> None:
        """Replace what is noted of the account. Keycloak takes attributes as a whole or not at all,
        and names and address with them.
        """
        user = self._ask(lambda admin: admin.get_user(subject))
        self._write(user, noted, enabled=enabled, without=(LEFT, CLOSED))

    def _write(
        self,
        user: Mapping[str, Any],
        noted: Mapping[str, list[str]],
        *,
        enabled: bool,
        without: tuple[str, ...],
    ) -> None:
        held = user.get("attributes") or {}
        others = {name: held[name] for name in held if name not in without}
        kept = {name: user[name] for name in PROFILE if name in user}
        body = kept | {"enabled": enabled, "attributes": others | dict(noted)}
        self._ask(lambda admin: admin.update_user(user["id"], body))

    def sign_out(self, subject: str) -> None:
        """End every session of this officer; the portal hears of it through back-channel logout."""
        self._ask(lambda admin: admin.user_logout(subject))

    def _turn(self, subject: str) -> threading.Lock:
        """Changes of one account's offices one after the other: each looks before it acts."""
        return self._turns[hash(subject) % TURNS]

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


def officer_accounts(settings: Settings) -> OfficerAccounts | None:
    """The gateway to Keycloak; None where its address or the secret is not configured."""
    if settings.keycloak is None or settings.keycloak_secret is None:
        return None
    return OfficerAccounts(settings.keycloak, settings.keycloak_secret.get_secret_value())


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
