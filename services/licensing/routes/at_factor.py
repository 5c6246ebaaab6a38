"""The second factor of an officer who is to be appointed, looked at before the act begins."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from chassis.who import AtActor, AtSession, opened_at
from contracts.licensing.language_cases import AppointmentStatus
from kernel.problems import NotFound, TryLater
from services.licensing.domain.second_factor import FactorSeen, SecondFactorMissing, needs_factor
from services.licensing.gateways.keycloak import KeycloakAway, OfficerAccounts
from services.licensing.store.appointments import Appointments


def look(
    appointment: UUID, request: Request, session: AtSession, actor: AtActor
) -> FactorSeen | None:
    """Ask Keycloak, with no transaction open, where approving would give powers that need it.

    What was settled before is not asked about: a repeat gets its first answer.
    Raises NotFound, NotAllowed, SecondPersonNeeded, SecondFactorMissing, TryLater.
    """
    found = Appointments(session).get(appointment)
    person, asked = found.person, found.status is AppointmentStatus.PROPOSED
    if asked:
        found.must_await(actor, opened_at(session))
        asked = needs_factor(found.powers)
    session.rollback()
    return _ask(request.app.state.accounts, person) if asked else None


def _ask(accounts: OfficerAccounts | None, person: str) -> FactorSeen:
    if accounts is None:
        raise TryLater("No Keycloak is known here that could be asked", retry_after=60)
    try:
        return accounts.look_at_factor(person.removeprefix("staff:"))
    except KeycloakAway as away:
        why = "Whether the officer has a second factor cannot be seen at the moment"
        raise TryLater(why, retry_after=10) from away
    except NotFound as nobody:
        raise SecondFactorMissing("Nobody has this account") from nobody


AtFactor = Annotated[FactorSeen | None, Depends(look, scope="function")]
