"""What workflows read of a case and write into its journal, and how lost ones are found."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from temporalio import activity

from chassis import journal
from chassis.unit_of_work import Works
from chassis.worker import refusals_are_final
from contracts import procedures as p
from kernel.events import CaseRef, Event
from services.licensing.activities.commands import CLOCKWORK
from services.licensing.acts.record_fact import record_fact
from services.licensing.acts.record_refusal import record_refusal
from services.licensing.acts.revive_case import revive_case
from services.licensing.desk import Desk
from services.licensing.store.applications import Applications
from services.licensing.store.open_cases import open_cases


@dataclass(frozen=True, slots=True)
class CaseActivities:
    works: Works
    desk: Desk

    @activity.defn(name=p.LOAD_CASE)
    @refusals_are_final
    def load_case(self, case: CaseRef) -> p.LoadedCase:
        with self.works.open(CLOCKWORK) as work:
            application = Applications(work.session).get(case.subject)
            return p.LoadedCase(
                plan=application.law(),
                journal=journal.events_between(work.session, application.id),
                ground=application.statement,
                applicant=application.applicant,
            )

    @activity.defn(name=p.EVENTS_BETWEEN)
    @refusals_are_final
    def events_between(self, wanted: p.EventRange) -> p.EventList:
        with self.works.open(CLOCKWORK) as work:
            found = journal.events_between(work.session, wanted.case, wanted.after, wanted.upto)
            return p.EventList(events=found)

    @activity.defn(name=p.RECORD_FACT)
    @refusals_are_final
    def record_fact(self, told: Event) -> p.FactRecorded:
        return self.works.run(CLOCKWORK, lambda work: record_fact(work, self.desk, told))

    @activity.defn(name=p.RECORD_REFUSAL)
    @refusals_are_final
    def record_refusal(self, refused: p.RefusedCommand) -> p.Ack:
        """At most once for the command's key, however often it is asked for again."""
        key = f"{refused.key}:refused"
        return self.works.run_once(
            key, CLOCKWORK, lambda work: record_refusal(work, self.desk, refused)
        )

    @activity.defn(name=p.OPEN_CASES)
    @refusals_are_final
    def open_cases(self, page: p.PageRef) -> p.OpenCases:
        with self.works.open(CLOCKWORK) as work:
            found = open_cases(work.session, page.after, page.limit)
            following = str(found[-1]) if len(found) == page.limit else None
            return p.OpenCases(applications=found, next=following)

    @activity.defn(name=p.REVIVE_CASE)
    @refusals_are_final
    def revive_case(self, case: CaseRef) -> p.Ack:
        return self.works.run(CLOCKWORK, lambda work: revive_case(work, case.subject))

    def all(self) -> list[Callable[..., Any]]:
        """What the worker registers."""
        return [
            self.load_case,
            self.events_between,
            self.record_fact,
            self.record_refusal,
            self.open_cases,
            self.revive_case,
        ]
