"""Officers' accounts: who is to get one, how it stands, and why one is not given."""

from dataclasses import dataclass, field

from kernel.problems import Problem


class UsernameTaken(Problem):
    """Usernames and e-mail addresses are unique among officers."""

    title = "Another officer has this username or e-mail address"


class AccountInUse(Problem):
    """A new temporary password is for somebody who has not signed in yet, and for nobody else."""

    title = "The first sign-in with this account was done"


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
    names: tuple[str, str]
    email: str | None
    offices: frozenset[str]
    second_factors: frozenset[str]
    pending: frozenset[str]
    """What is asked for at the next sign-in."""
    left: str | None = None
    """The office that was the last one and was left: a group without a meaning."""
    closed_by_us: bool = False
    """Disabled because the last office was left, not by an administrator."""

    def is_of(self, officer: NewOfficer) -> bool:
        """Whether it was opened for the same person, as far as names and address tell."""
        named = (officer.first_name, officer.last_name)
        return (self.names, self.email) == (named, officer.email and officer.email.lower())


@dataclass(frozen=True, slots=True)
class Welcome:
    """What the desk hands over: a password for the first sign-in, which enrols a factor."""

    subject: str
    temporary_password: str = field(repr=False)
