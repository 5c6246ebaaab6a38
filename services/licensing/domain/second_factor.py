"""The second factor that an officer has enrolled before being made one who decides."""

from collections.abc import Iterable
from dataclasses import dataclass

from kernel.authority import WITH_SECOND_FACTOR
from kernel.problems import Problem
from services.licensing.domain.account import Account

ENROLS = "CONFIGURE_TOTP"


class SecondFactorMissing(Problem):
    """Powers that are used with a second factor are for accounts that have one already."""

    title = "This officer has not enrolled a second factor yet"


@dataclass(frozen=True, slots=True)
class FactorSeen:
    """That Keycloak was asked about a person and named these kinds of second factor."""

    person: str
    kinds: frozenset[str]


def needs_factor(powers: Iterable[str]) -> bool:
    """Whether one of these powers is used with a second factor."""
    return bool(WITH_SECOND_FACTOR & set(powers))


def seen_at(account: Account) -> FactorSeen:
    """What the account shows. Raises SecondFactorMissing, also while an enrolment is awaited."""
    if not account.second_factors or ENROLS in account.pending:
        raise SecondFactorMissing("Sign in at the desk and enrol an authenticator app first")
    return FactorSeen(f"staff:{account.subject}", account.second_factors)


def must_be_seen(person: str, powers: Iterable[str], seen: FactorSeen | None) -> list[str] | None:
    """The kinds of factor that were seen; None where these powers need none.

    Raises SecondFactorMissing where they need one and nobody looked, or looked at another person.
    """
    if not needs_factor(powers):
        return None
    if seen is None or seen.person != person or not seen.kinds:
        raise SecondFactorMissing("Nobody has seen a second factor of this officer")
    return sorted(seen.kinds)
