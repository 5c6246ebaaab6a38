"""Judges an application before it is received: all that the law wants, or a refusal saying what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from contracts.licensing.language import Act
from kernel.law.editions import Country, Edition
from kernel.law.facts import CaseFacts
from kernel.law.plan import FeeBefore, GroundRule, Plan, StepPlan
from kernel.law.procedure import LicenceType
from kernel.problems import Problem
from services.licensing.domain.application import Application
from services.licensing.domain.filing import Held
from services.licensing.domain.ground import (
    Ground,
    GroundNeeded,
    GroundStatementNotOurs,
    NoGroundWanted,
    check_ground,
    wants_statement,
)
from services.licensing.domain.identity import (
    must_be_a_holder,
    must_be_its_minerals,
    must_be_proven,
    must_have_room,
)
from services.licensing.domain.party import Party


class FactsMissing(Problem):
    """A fact without which the law does not let an application be received."""

    title = "The application is not complete enough to be received"


def judge(
    application: Application,
    party: Party,
    edition: Edition,
    ground: Ground | None,
    held: Held,
) -> LicenceType:
    """Raise the first refusal: status, holder, identity, minerals, room; gives the type."""
    application.must_allow(Act.LODGE_APPLICATION)
    licence = edition.licence_type(application.licence_type)
    edition.procedure(application.licence_type, application.procedure)
    must_be_a_holder(licence, party)
    must_be_proven(edition, party)
    must_be_its_minerals(licence, application.minerals)
    wanted = ground.legal_hectares if ground else None
    must_have_room(licence, held, wanted or Decimal(0))
    return licence


@dataclass(frozen=True, slots=True)
class Now:
    """Under which law and at which legal instant something is judged, and on what kind of stack."""

    at: datetime
    country: Country
    edition: Edition
    training: bool


def judge_ground(
    application: Application, rule: GroundRule, ground: Ground | None, now: Now
) -> None:
    """Raise unless ground and licence type go together and the statement is this application's."""
    if ground is None:
        if wants_statement(rule):
            raise GroundNeeded("Ask the cadastre to check the ground, then lodge with its answer")
        return
    if not wants_statement(rule):
        raise NoGroundWanted("Lodge without a ground statement")
    if (rule is GroundRule.EXCLUSIVE_AREA) != (ground.geometry_hash is not None):
        raise GroundStatementNotOurs("The statement has no ground of the kind this right takes")
    checked_under = now.country.edition_on(ground.checked_at.date())
    check_ground(
        ground,
        country=now.country.name,
        licence_type=application.licence_type,
        minerals=application.minerals,
        editions={now.edition.ref.edition, checked_under.ref.edition},
        training=now.training,
        now=now.at,
    )


def must_be_complete(unmet: Sequence[tuple[str, str, str]], edition: Edition) -> None:
    """Raise FactsMissing when completeness rules of the rulebook are not met."""
    if unmet:
        raise FactsMissing(
            "The law does not let it be received like this",
            unmet=[
                {"rule": rule, "says": dict(edition.rules.texts.get(text, {})), "article": article}
                for rule, text, article in unmet
            ],
        )


def must_be_spelled_right(edition: Edition, minerals: Iterable[str], district: str | None) -> None:
    """Raise NoSuchLaw for a mineral or district that the rulebook does not know."""
    for mineral in minerals:
        edition.mineral(mineral)
    if district is not None:
        edition.district(district)


def conditional_step(plan: Plan) -> StepPlan | None:
    """The fee step that the place in the sequence waits for; None where it counts at once."""
    if plan.fee_before is not FeeBefore.RECEIPT:
        return None
    return next((step for step in plan.steps if step.conditional), None)


def lead_office(edition: Edition, plan: Plan, facts: CaseFacts) -> str:
    """The office that handles the file: the ground's, else that of the step that decides."""
    if facts.office is not None:
        return edition.office(facts.office).id
    deciding = [step for step in plan.steps if step.kind.value == "decision"]
    return (deciding or list(plan.steps))[-1].office
