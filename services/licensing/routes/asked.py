"""What figures and their rows are filtered by, read from the query string."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query

from chassis.unit_of_work import ReadWork
from contracts.instants import Day
from contracts.licensing.language import Sex, StepStatus
from contracts.licensing.language_figures import Age, Part, Standing, TimesBy
from kernel.law.editions import Edition
from kernel.law.procedure import HolderKind
from services.licensing.routes.at_desk import AtDesk
from services.licensing.routes.periods import AtPeriod
from services.licensing.store.backlog import WaitingSteps
from services.licensing.store.day_figures import LedgersOf
from services.licensing.store.in_force import Authorities, LicencesInForce
from services.licensing.store.people import PeopleOf
from services.licensing.store.step_times import EndedSteps

ID = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
Id = Annotated[str | None, Query(max_length=48, pattern=f"^{ID}$")]
IdOrNone = Annotated[
    str | None, Query(max_length=48, pattern=f"^(-|{ID})$", description="`-`: those that have none")
]
WaitedFor = Annotated[str | None, Query(max_length=60, pattern=f"^{ID}(:{ID})?$")]
AtBy = Annotated[
    list[TimesBy] | None,
    Query(description="what the steps are counted by; left out: by all", max_length=len(TimesBy)),
]


@dataclass(frozen=True, slots=True)
class OfSteps:
    step: Id = None
    agency: Id = None
    office: Id = None
    licence_type: Id = None


AtSteps = Annotated[OfSteps, Depends()]


def ended_steps(
    desk: AtDesk,
    period: AtPeriod,
    of: AtSteps,
    month: Annotated[Day | None, Query(description="the first day of a local month")] = None,
    late: bool | None = None,
    lapsed: bool | None = None,
) -> EndedSteps:
    """Steps that ended in the period."""
    return EndedSteps(
        begins=period.since,
        ends=period.until,
        minutes=desk.law.country.newest.rules.country.utc_offset_minutes,
        step=of.step,
        agency=of.agency,
        office=of.office,
        licence_type=of.licence_type,
        month=month,
        late=late,
        lapsed=lapsed,
    )


def ledgers_of(
    period: AtPeriod, licence_type: Id = None, office: Id = None, party: WaitedFor = None
) -> LedgersOf:
    """Cases lodged in the period."""
    return LedgersOf(period.since, period.until, licence_type, office, party)


def waiting_steps(
    work: ReadWork,
    of: AtSteps,
    state: StepStatus | None = None,
    overdue: bool | None = None,
    age: Age | None = None,
) -> WaitingSteps:
    """Steps that await an answer now."""
    return WaitingSteps(
        now=work.now,
        step=of.step,
        agency=of.agency,
        office=of.office,
        licence_type=of.licence_type,
        status=state,
        overdue=overdue,
        age=age,
    )


def people_of(
    work: ReadWork,
    desk: AtDesk,
    part: Part | None = None,
    standing: Standing | None = None,
    party_kind: HolderKind | None = None,
    sex: Sex | None = None,
) -> PeopleOf:
    """Members, leaders and holders of today."""
    return PeopleOf(
        now=work.now,
        today=desk.law.today(work.now),
        leading=desk.law.edition_on(work.now).rules.leading_roles,
        part=part,
        standing=standing,
        party_kind=party_kind,
        sex=sex,
    )


def licences_in_force(
    work: ReadWork,
    desk: AtDesk,
    agency: Annotated[
        str | None,
        Query(
            max_length=48,
            pattern=f"^{ID}$",
            description="by whose offices; left out: the first agency whose offices share in fees",
        ),
    ] = None,
    authority: IdOrNone = None,
    office: Id = None,
    district: IdOrNone = None,
    licence_type: Id = None,
) -> LicencesInForce:
    """Licences in force now. Raises NoSuchLaw for an agency that the rulebook does not know."""
    return LicencesInForce(
        now=work.now,
        authorities=authorities(desk.law.edition_on(work.now), agency),
        authority=authority,
        office=office,
        district=district,
        licence_type=licence_type,
    )


def authorities(edition: Edition, agency: str | None) -> Authorities:
    """How a licence belongs to an office of the agency: councils, where their offices share."""
    named = agency and edition.agency(agency).id
    sharing = [one.agency for one in edition.rules.beneficiaries if one.agency]
    chosen = named or (sharing[0] if sharing else None)
    if chosen is None:
        return Authorities(None)
    offices = edition.offices_of(chosen)
    return Authorities(
        agency=chosen,
        by_district={
            one.id: one.offices[chosen] for one in edition.rules.districts if chosen in one.offices
        },
        only=offices[0].id if len(offices) == 1 else None,
    )


AtEnded = Annotated[EndedSteps, Depends(ended_steps)]
AtLedgers = Annotated[LedgersOf, Depends(ledgers_of)]
AtWaiting = Annotated[WaitingSteps, Depends(waiting_steps)]
AtPeople = Annotated[PeopleOf, Depends(people_of)]
AtInForce = Annotated[LicencesInForce, Depends(licences_in_force)]
