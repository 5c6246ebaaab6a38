"""Officers' accounts in tests of licensing: who has a second factor, who joined, who left."""

from dataclasses import dataclass, field

from kernel.problems import NotFound
from services.licensing.domain.account import Account
from services.licensing.domain.second_factor import ENROLS, FactorSeen, seen_at
from services.licensing.gateways.keycloak import KeycloakAway, OfficerAccounts


@dataclass
class AccountsOfTests(OfficerAccounts):
    """Everybody has enrolled an authenticator app but those named here."""

    without: set[str] = field(default_factory=set)
    pending: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    away: bool = False
    told: list[tuple[str, str, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def look_at_factor(self, subject: str) -> FactorSeen:
        self.asked.append(subject)
        if self.away:
            raise KeycloakAway("Keycloak did not answer")
        if subject in self.unknown:
            raise NotFound("There is no such officer or office")
        return seen_at(
            Account(
                subject=subject,
                username=subject,
                enabled=True,
                names=("", ""),
                email=None,
                offices=frozenset(),
                second_factors=frozenset(() if subject in self.without else {"otp"}),
                pending=frozenset({ENROLS} if subject in self.pending else ()),
            )
        )

    def join_office(self, subject: str, office: str) -> None:
        self.told.append(("joins", subject, office))

    def leave_office(self, subject: str, office: str) -> None:
        self.told.append(("leaves", subject, office))
