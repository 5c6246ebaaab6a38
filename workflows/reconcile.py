"""Looks whether open cases and appointments have their workflows, and has lost ones revived."""

import asyncio
from typing import Final

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from workflows.asking import LOOK_AGAIN, Refused, ask, is_full

with workflow.unsafe.imports_passed_through():
    from contracts import procedures as p
    from kernel.events import CaseRef, Source

LICENSING: Final = Source.LICENSING.value
PAGE: Final = 50
SIDE_BY_SIDE: Final = 10


@workflow.defn(name=p.RECONCILE_WORKFLOW)
class ReconcileWorkflow:
    """One pass over open cases, then appointments: each compares itself, the lost are found."""

    @workflow.run
    async def run(self, page: p.PageRef) -> str:
        try:
            if not page.cases_done:
                await self.look_at_cases(page)
            await self.look_at_appointments(page.after if page.cases_done else None)
        except Refused as no:
            workflow.logger.error("Licensing does not list what is open: %s", no.slug)
            return no.slug
        return "done"

    async def look_at_cases(self, page: p.PageRef) -> None:
        after = page.after
        while True:
            asked = p.PageRef(after=after, limit=PAGE)
            found = await ask(p.OPEN_CASES, asked, LICENSING, p.OpenCases)
            told = [p.Tell.application(one) for one in found.applications]
            await self.look_at(told, p.REVIVE_CASE)
            if found.next is None:
                return
            after = found.next
            if is_full():
                workflow.continue_as_new(p.PageRef(after=after, limit=PAGE))

    async def look_at_appointments(self, after: str | None) -> None:
        while True:
            asked = p.PageRef(after=after, limit=PAGE)
            found = await ask(p.OPEN_APPOINTMENTS, asked, LICENSING, p.OpenAppointments)
            told = [p.Tell.appointment(one) for one in found.appointments]
            await self.look_at(told, p.REVIVE_APPOINTMENT)
            if found.next is None:
                return
            after = found.next
            if is_full():
                workflow.continue_as_new(p.PageRef(after=after, limit=PAGE, cases_done=True))

    async def look_at(self, told: list[p.Tell], revive: str) -> None:
        for start in range(0, len(told), SIDE_BY_SIDE):
            some = told[start : start + SIDE_BY_SIDE]
            await asyncio.gather(*(self.look_at_one(one, revive) for one in some))

    async def look_at_one(self, told: p.Tell, revive: str) -> None:
        """Signal the workflow; when there is none, licensing has it started again."""
        try:
            await workflow.get_external_workflow_handle(told.workflow_id).signal(LOOK_AGAIN)
        except ApplicationError:
            workflow.logger.warning("Something open without its workflow is revived")
            try:
                await ask(revive, CaseRef(subject=told.subject), LICENSING, p.Ack)
            except Refused as no:
                workflow.logger.error("Licensing does not revive it: %s", no.slug)
