"""Looks for every open case whether its workflow runs, and has those revived that do not."""

import asyncio
from typing import Final
from uuid import UUID

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
    """One pass over the open cases: each compares its journal, and the lost ones are found."""

    @workflow.run
    async def run(self, page: p.PageRef) -> str:
        after: str | None = page.after
        while True:
            asked = p.PageRef(after=after, limit=PAGE)
            try:
                found = await ask(p.OPEN_CASES, asked, LICENSING, p.OpenCases)
            except Refused as no:
                workflow.logger.error("Licensing does not list its open cases: %s", no.slug)
                return no.slug
            await self.look_at(found.applications)
            if found.next is None:
                return "done"
            after = found.next
            if is_full():
                workflow.continue_as_new(p.PageRef(after=after, limit=PAGE))

    async def look_at(self, applications: list[UUID]) -> None:
        for start in range(0, len(applications), SIDE_BY_SIDE):
            some = applications[start : start + SIDE_BY_SIDE]
            await asyncio.gather(*(self.look_at_one(application) for application in some))

    async def look_at_one(self, application: UUID) -> None:
        """Signal the case's workflow; when there is none, licensing has it started again."""
        told = p.Tell.application(application)
        case = workflow.get_external_workflow_handle(told.workflow_id)
        try:
            await case.signal(LOOK_AGAIN)
        except ApplicationError:
            workflow.logger.warning("An open case without its workflow is revived")
            try:
                await ask(p.REVIVE_CASE, CaseRef(subject=application), LICENSING, p.Ack)
            except Refused as no:
                workflow.logger.error("Licensing does not revive a case: %s", no.slug)
