"""A case in hand: its application locked, its law, its calendars, and how its facts are written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from chassis.log import Leaf
from chassis.unit_of_work import UnitOfWork
from contracts.procedures import Tell
from kernel.calendar import Calendar
from kernel.events import Event
from kernel.law.editions import Edition
from kernel.law.plan import Plan, StepKind, StepPlan
from kernel.problems import NotFound
from services.licensing.desk import Desk
from services.licensing.domain.application import Application
from services.licensing.domain.calendar_entry import CalendarEntry, with_entries
from services.licensing.domain.case_notices import step_opened
from services.licensing.domain.day_ledger import day_rows, holdings_of, stretches
from services.licensing.domain.notices import Notice, addressed
from services.licensing.domain.papers import must_be_cured
from services.licensing.domain.step import Step, at_office
from services.licensing.store.applications import Applications
from services.licensing.store.calendars import Calendars
from services.licensing.store.days import Days
from services.licensing.store.steps import Steps


@dataclass(frozen=True)
class Casework:
    """One lodged application while an act is at it."""

    work: UnitOfWork
    desk: Desk
    application: Application
    plan: Plan
    edition: Edition

    @property
    def id(self) -> UUID:
        return self.application.id

    @property
    def steps(self) -> Steps:
        return Steps(self.work.session)

    @cached_property
    def entries(self) -> list[CalendarEntry]:
        """The changes of the calendar that are in force; asked for by acts that reckon times."""
        return list(Calendars(self.work.session).approved())

    def law(self, step: str) -> StepPlan:
        """The plan's rules for a step. Raises NotFound for a step the plan does not have."""
        try:
            return self.plan.step(step)
        except KeyError as unknown:
            raise NotFound("The case has no such step") from unknown

    def calendar(self, office: str | None) -> Calendar:
        """The calendar of an office, with what was changed in mid-flight."""
        named = office or self.application.office or self.edition.rules.offices[0].id
        return with_entries(self.desk.law.calendar(self.edition, named), self.entries, named)

    def must_be_cured(self) -> None:
        """Raise PapersOutstanding while a curable paper is awaited: no right is granted without."""
        papers = Applications(self.work.session).papers(self.id)
        must_be_cured(self.plan.papers, papers, self.edition.rules.texts, self.work.now)

    def record(
        self,
        name: str,
        payload: dict[str, Any],
        told: Sequence[Notice] = (),
        *,
        legal_at: datetime | None = None,
        tell: Sequence[Tell] = (),
        leaf: bool | Leaf = True,
    ) -> Event:
        """Write a fact of the case; its workflow hears of it and sends the notices."""
        if told:
            payload = {**payload, "notices": addressed(self.work.new_id, told, self.id)}
        return self.work.record(
            self.id,
            name,
            payload,
            legal_at=legal_at,
            tell=[Tell.application(self.id), *tell],
            leaf=leaf,
            edition=self.application.edition_ref(),
        )

    def keep_days(self, until: datetime) -> None:
        """Write the day ledger up to `until`: every moment since lodgement, each given once."""
        began = self.application.lodged_at
        if began is None or self.application.office is None:
            raise LookupError("a draft has no days")
        self.work.session.flush()
        calendar = self.calendar(self.application.office)
        found = stretches(
            began,
            max(until, began),
            holdings_of(self.steps.of_case(self.id)),
            calendar.outages,
            at_office(self.application.office),
        )
        Days(self.work.session).replace(self.id, day_rows(found, calendar))


def take_case(work: UnitOfWork, desk: Desk, ref: str | UUID) -> Casework:
    """Lock a lodged application; its calendars stay as they are. NotFound also for a draft."""
    Calendars(work.session).stay()
    return _case(work, desk, Applications(work.session).take(ref))


def read_case(work: UnitOfWork, desk: Desk, ref: str | UUID) -> Casework:
    """The same without a lock, for reading."""
    return _case(work, desk, Applications(work.session).get(ref))


def _case(work: UnitOfWork, desk: Desk, application: Application) -> Casework:
    if application.plan is None or application.edition_hash is None:
        raise NotFound("There is no such application")
    return Casework(
        work=work,
        desk=desk,
        application=application,
        plan=application.law(),
        edition=desk.law.country.by_hash(application.edition_hash),
    )


def told_of_opening(case: Casework, step: Step) -> list[Notice]:
    """The office is told, once a time runs; a fee's invoice is told of by payments."""
    if step.kind is StepKind.FEE or step.due_at is None:
        return []
    law, calendar = case.law(step.step), case.calendar(step.office)
    url = case.desk.public_url
    return step_opened(
        case.application, law, case.edition, step.office, step.due_at, calendar, url
    )


def step_view(step: Step) -> dict[str, object]:
    """Step and round, as every fact about a step names them."""
    return {"step": step.step, "round": step.round}
