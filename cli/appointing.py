"""Writes first appointments down as the operator, and opens accounts: a JSON list comes in."""

import getpass
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from pydantic import BaseModel, ConfigDict

from chassis.database import open_database
from chassis.unit_of_work import Works
from kernel.authority import Actor, Power
from kernel.events import ActorKind
from kernel.law.editions import Edition
from kernel.problems import NotFound, Problem
from services.licensing.acts.seed_appointments import Seed, not_standing, seed_appointments
from services.licensing.desk import open_desk
from services.licensing.domain.account import Account, AccountRefused, NewOfficer
from services.licensing.domain.second_factor import SecondFactorMissing, needs_factor
from services.licensing.gateways.keycloak import KeycloakAway, OfficerAccounts, officer_accounts
from services.licensing.settings import Settings

ENROL_FIRST = (
    "Nothing was appointed. Let the officer sign in at the desk and enrol an authenticator app, "
    "then run this command again."
)


class Wanted(BaseModel):
    """One line of the list. `person` is `staff:<account id>`, or a username; without powers it is
    not an appointment, and only the account is opened.

    With names an account of that username is opened where there is none; `new_password` is for an
    owner who lost the first one before using it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    person: str
    office: str
    powers: tuple[Power, ...]
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    new_password: bool = False


@dataclass(frozen=True, slots=True)
class Seating:
    """Finds out who is meant, and opens accounts on the way. `say` shows passwords, once."""

    edition: Edition
    accounts: OfficerAccounts | None
    say: Callable[[str], object]

    def seat(self, wanted: Wanted) -> Seed:
        """Raises UsernameTaken, AccountRefused, AccountInUse, AccountOutOfReach, NotFound."""
        group = f"/agencies/{self.edition.office(wanted.office).agency}/{wanted.office}"
        person = wanted.person
        if not person.startswith("staff:"):
            person = f"staff:{self._account(wanted, group)}"
        return Seed(person, wanted.office, wanted.powers)

    def look(self, seed: Seed) -> Seed:
        """The same with its second factor seen, where one is needed.

        Raises SecondFactorMissing, AccountOutOfReach, NotFound, KeycloakAway.
        """
        if not needs_factor(seed.powers):
            return seed
        if self.accounts is None:
            raise NotFound("No Keycloak is configured that could show a second factor")
        try:
            seen = self.accounts.look_at_factor(seed.person.removeprefix("staff:"))
        except SecondFactorMissing:
            raise SecondFactorMissing(ENROL_FIRST) from None
        return replace(seed, seen=seen)

    def _account(self, wanted: Wanted, group: str) -> str:
        if self.accounts is None:
            raise NotFound("No Keycloak is configured: name the officer as staff:<account id>")
        username = wanted.person.lower()
        if wanted.first_name is None or wanted.last_name is None:
            found = self.accounts.find(username)
            if found is None:
                raise NotFound("Nobody has this username: an account is opened for two names")
            return self._known(found, self.accounts, wanted.new_password)
        officer = NewOfficer(
            username, wanted.first_name, wanted.last_name, group, wanted.email or None
        )
        opened = self.accounts.open(officer)
        if isinstance(opened, Account):
            return self._known(opened, self.accounts, wanted.new_password)
        self.say(f"Account opened for {username}: staff:{opened.subject}")
        self._hand_over(opened.temporary_password)
        return opened.subject

    def _known(self, found: Account, accounts: OfficerAccounts, new_password: bool) -> str:
        closed = "" if found.enabled or found.closed_by_us else "; an administrator closed it"
        self.say(f"{found.username} has an account: staff:{found.subject}{closed}")
        if new_password:
            self._hand_over(accounts.welcome_again(found.subject).temporary_password)
        return found.subject

    def _hand_over(self, password: str) -> None:
        self.say(f"Password for the first sign-in, shown only now: {password}")
        self.say("The first sign-in asks for another password and for an authenticator app.")


def write_down(settings: Settings, told: list[Mapping[str, object]]) -> None:
    operator = Actor(kind=ActorKind.OPERATOR, person=f"operator:{getpass.getuser()}")
    wanted = [Wanted.model_validate(one) for one in told]
    database, desk = open_database(settings), open_desk(settings)
    works = Works(database.sessions)
    edition = works.run(operator, lambda work: desk.law.edition_on(work.now))
    seating = Seating(edition, officer_accounts(settings), print)
    seeds = [seed for one in wanted if (seed := seating.seat(one)).powers]
    new = works.run(operator, lambda work: list(not_standing(work, seeds)))
    seeds = [seating.look(seed) for seed in new]
    made = works.run(operator, lambda work: seed_appointments(work, desk, seeds))
    database.close()
    sys.stdout.write(f"{made} appointments written down\n")


def main() -> None:
    try:
        write_down(Settings(), json.load(sys.stdin))
    except AccountRefused as no:
        raise SystemExit(f"{no.title}: {no.facts.get('reason') or no.detail}") from None
    except Problem as no:
        raise SystemExit(f"{no.title}. {no.detail}") from None
    except KeycloakAway as away:
        raise SystemExit(f"{away}: nothing was appointed. Try again in a moment.") from None


if __name__ == "__main__":
    main()
