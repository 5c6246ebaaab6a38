"""Compiling law: an edition and the facts of a case become a plan in which no condition is open."""

from collections.abc import Mapping
from typing import NamedTuple

from kernel.law import conditions
from kernel.law.editions import Edition
from kernel.law.facts import CaseFacts
from kernel.law.plan import (
    LicencePlan,
    PaperPlan,
    Plan,
    Silence,
    SilenceRule,
    StepKind,
    StepPlan,
)
from kernel.law.procedure import LicenceType, Procedure, SilenceLaw, StepRule
from kernel.problems import Problem


class OfficeUnknown(Problem):
    """No office of an agency follows from the facts of the case."""

    title = "It is not known which office handles this"


class Unmet(NamedTuple):
    """A fact without which an application is not received: text key and source of the law."""

    rule: str
    message: str
    article: str


def compile_plan(
    edition: Edition,
    licence_type: str,
    procedure: str,
    facts: CaseFacts | Mapping[str, object],
) -> Plan:
    """One case's law. Facts may be given as plain JSON, as a plan holds them.

    Steps and papers whose condition is false are left out; what came after such a step comes after
    what stood before it. Raises NoSuchLaw for an unknown type or procedure, OfficeUnknown where the
    facts do not lead to an office.
    """
    known = as_facts(facts)
    kind, way = edition.licence_type(licence_type), edition.procedure(licence_type, procedure)
    names = seen_in(edition, known)
    return Plan(
        edition=edition.ref,
        procedure=procedure,
        licence_type=kind.id,
        ground=kind.ground.rule,
        fee_before=kind.fee_before,
        disclosure=kind.disclosure,
        priority=kind.priority.value,
        steps=_steps(edition, kind, way, known, names),
        papers=_papers(edition, kind, names),
        licence=LicencePlan(
            prefix=kind.prefix,
            valid_for=kind.valid_for,
            may_sell=kind.may_sell,
            quantity_per_period=kind.quantity_per_period,
            article=kind.article,
        ),
        facts=known.model_dump(mode="json"),
    )


def unmet_for_receipt(
    edition: Edition, licence_type: str, facts: CaseFacts | Mapping[str, object]
) -> tuple[Unmet, ...]:
    """The completeness rules that the facts do not meet, in the order of the rulebook."""
    names = seen_in(edition, as_facts(facts))
    return tuple(
        Unmet(rule.id, rule.message, rule.article)
        for rule in edition.licence_type(licence_type).completeness
        if not conditions.holds(rule.holds, names)
    )


def office_for(edition: Edition, agency: str, facts: CaseFacts) -> str:
    """The agency's office for a case: by its ground, its district, or as the only one."""
    if agency in facts.offices:
        return edition.office(facts.offices[agency]).id
    offices = edition.offices_of(agency)
    if facts.office in {office.id for office in offices}:
        return str(facts.office)
    if facts.district is not None:
        district = edition.district(facts.district)
        if agency in district.offices:
            return district.offices[agency]
    if len(offices) == 1:
        return offices[0].id
    raise OfficeUnknown("Neither ground nor district says which office it is", agency=agency)


def as_facts(facts: CaseFacts | Mapping[str, object]) -> CaseFacts:
    """The typed facts; ValidationError where plain ones are not facts of a case."""
    return facts if isinstance(facts, CaseFacts) else CaseFacts.model_validate(dict(facts))


def seen_in(edition: Edition, facts: CaseFacts) -> dict[str, object]:
    """The facts as conditions see them under this edition."""
    return conditions.seen(facts, {mineral.id: mineral.group for mineral in edition.rules.minerals})


def _steps(
    edition: Edition,
    kind: LicenceType,
    way: Procedure,
    facts: CaseFacts,
    names: Mapping[str, object],
) -> tuple[StepPlan, ...]:
    after = {step.id: step.after for step in way.steps}
    taken = {step.id for step in way.steps if conditions.holds(step.when, names)}
    return tuple(
        _step(edition, kind, step, facts, _before(step.id, after, taken), taken)
        for step in way.steps
        if step.id in taken
    )


def _before(step: str, after: Mapping[str, tuple[str, ...]], taken: set[str]) -> tuple[str, ...]:
    """What the step comes after, reaching through steps that were left out; each once."""
    found: dict[str, None] = {}
    for before in after[step]:
        if before in taken:
            found[before] = None
        else:
            found |= dict.fromkeys(_before(before, after, taken))
    return tuple(found)


def _step(
    edition: Edition,
    kind: LicenceType,
    step: StepRule,
    facts: CaseFacts,
    after: tuple[str, ...],
    taken: set[str],
) -> StepPlan:
    office = step.office or office_for(edition, step.agency, facts)
    return StepPlan(
        id=step.id,
        kind=step.kind,
        title=step.title,
        agency=step.agency,
        office=office,
        after=after,
        allowed=step.allowed,
        warn_before=step.warn_before,
        silence=_silence(edition, step.silence, office),
        on_refusal=step.on_refusal,
        fee=step.fee,
        conditional=step.id == kind.conditional_fee,
        needs_visit=step.needs_visit,
        needs_occupants_notice=step.needs_occupants_notice,
        second_factor=step.second_factor or step.kind is StepKind.DECISION,
        from_paper=step.from_paper,
        signatories=step.signatories,
        incompatible_with=tuple(other for other in step.incompatible_with if other in taken),
        checklist=step.checklist,
        article=step.article,
    )


def _silence(edition: Edition, law: SilenceLaw, office: str) -> Silence:
    escalates = SilenceRule.ESCALATE in (law.rule, law.then)
    over = law.to_office or edition.office(office).escalates_to
    return Silence(
        rule=law.rule,
        to_office=over if escalates else None,
        extension=law.extension,
        then=law.then,
        article=law.article,
    )


def _papers(
    edition: Edition, kind: LicenceType, names: Mapping[str, object]
) -> tuple[PaperPlan, ...]:
    plans = []
    for rule in kind.papers:
        if conditions.holds(rule.when, names):
            paper = edition.paper(rule.paper)
            plans.append(
                PaperPlan(
                    kind=paper.id,
                    title=paper.title,
                    when=rule.need,
                    within=rule.within,
                    overdue=rule.overdue,
                    warn_before=rule.warn_before,
                    issued_by=paper.issued_by,
                    article=rule.article,
                )
            )
    return tuple(plans)
