"""The issuance saga: code, ground, licence, certificate; undone when one of them is refused."""

import asyncio
from datetime import timedelta
from typing import Final

from temporalio import workflow

from workflows.asking import LOOK_AGAIN, PROMPT, THOROUGH, Refused, ask, is_full

with workflow.unsafe.imports_passed_through():
    from contracts import procedures as p
    from kernel.events import CaseRef, Event, Source
    from workflows.engine.turn import command_key

LICENSING: Final = Source.LICENSING.value
CADASTRE: Final = Source.CADASTRE.value
SENIORS = tuple(timedelta(seconds=seconds) for seconds in (2, 4, 8, 15, 30))
"""Waits for the cadastre to report the ground of senior lodgements; the last one is repeated."""
TRIES: Final = 40
"""Questions for a code within one run; the next run goes on asking at the last interval."""
INSIST = tuple(timedelta(minutes=minutes) for minutes in (1, 10, 60))
"""Waits before what must not stay undone is asked for again after a refusal."""


@workflow.defn(name=p.ISSUANCE_WORKFLOW)
class IssuanceWorkflow:
    """One attempt to issue one licence. No area stays pending behind it, whatever happens."""

    @workflow.init
    def __init__(self, case: CaseRef) -> None:
        """Of this issuance's earlier runs `case.last_seq` says how often they asked for its code.

        One argument, as every relay gives it: the SDK reads no types into a list of another length.
        """
        self.case, self.asked = case, case.last_seq
        self.stopped = False

    @workflow.signal(name=p.FACT_RECORDED)
    def fact_recorded(self, event: Event) -> None:
        """The fact that started this; later ones about the issuance are its own doing."""

    @workflow.signal(name=LOOK_AGAIN)
    def look_again(self) -> None:
        """Somebody wanted to know whether this runs: it does."""

    @workflow.run
    async def run(self, case: CaseRef) -> str:
        """Cancelled before ground is granted, it returns the case; later, it goes on to its end."""
        work = asyncio.create_task(self.issue())
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            self.stopped = True
            return await work

    async def issue(self) -> str:
        try:
            loaded = await ask(p.LOAD_ISSUANCE, self.case, LICENSING, p.LoadedIssuance)
        except Refused as no:
            workflow.logger.warning("No such issuance: %s", no.slug)
            return no.slug
        try:
            code = await self.reserve(loaded)
            await self.grant(loaded, code)
        except Refused as no:
            return await self.give_back(loaded, no)
        try:
            await ask(p.ISSUE_LICENCE, self.issuing(loaded, code), LICENSING, p.Ack)
        except Refused as no:
            await self.withdraw_area(loaded)
            return await self.give_back(loaded, no)
        await asyncio.gather(self.confirm_area(loaded), self.make_certificate(loaded))
        await workflow.wait_condition(workflow.all_handlers_finished)
        return "issued"

    async def reserve(self, loaded: p.LoadedIssuance) -> p.ReservedCode:
        """The licence's code and term, once every senior lodgement on this ground is in the map."""
        question, first = self.keyed(loaded, p.RESERVE_LICENCE_CODE), self.asked
        while True:
            self.asked += 1
            answer = await ask(p.RESERVE_LICENCE_CODE, question, LICENSING, p.ReservedCode)
            if not answer.wait_for and answer.licence_code is not None:
                return answer
            await self.rest(SENIORS[min(self.asked, len(SENIORS)) - 1])
            if self.asked - first >= TRIES or is_full():
                workflow.continue_as_new(self.case.model_copy(update={"last_seq": self.asked}))

    async def rest(self, wait: timedelta) -> None:
        """Wait; a cancelled issuance waits no longer and is returned."""
        try:
            await workflow.wait_condition(lambda: self.stopped, timeout=wait)
        except TimeoutError:
            return
        raise _stopped()

    async def grant(self, loaded: p.LoadedIssuance, code: p.ReservedCode) -> None:
        """Have the cadastre hold the ground. Raises Refused when it is somebody else's."""
        if self.stopped:
            raise _stopped()
        if not loaded.exclusive:
            return
        if code.licence_code is None or code.valid_from is None or code.valid_to is None:
            raise Refused("licence-without-term", "The reserved licence has no code or no term")
        keyed = self.keyed(loaded, p.GRANT_AREA)
        question = p.GrantArea(
            **keyed.model_dump(),
            licence_code=code.licence_code,
            licence_type=loaded.licence_type,
            minerals=loaded.minerals,
            geometry_hash=loaded.geometry_hash,
            valid_from=code.valid_from,
            valid_to=code.valid_to,
        )
        await ask(p.GRANT_AREA, question, CADASTRE, p.Ack)

    def issuing(self, loaded: p.LoadedIssuance, code: p.ReservedCode) -> p.IssueLicence:
        keyed = self.keyed(loaded, p.ISSUE_LICENCE)
        return p.IssueLicence(**keyed.model_dump(), licence_code=code.licence_code or "")

    async def withdraw_area(self, loaded: p.LoadedIssuance) -> None:
        if loaded.exclusive:
            await self.insist(loaded, p.WITHDRAW_PENDING_AREA, CADASTRE)

    async def confirm_area(self, loaded: p.LoadedIssuance) -> None:
        if loaded.exclusive:
            await self.insist(loaded, p.CONFIRM_AREA, CADASTRE)

    async def insist(
        self, loaded: p.LoadedIssuance, activity: str, queue: str, within: timedelta = PROMPT
    ) -> None:
        """Ask until it is done: a pending area must become one thing or the other.

        A refusal is not kept by the service, so the one key serves every attempt.
        """
        question, attempt = self.keyed(loaded, activity), 0
        while True:
            attempt += 1
            try:
                await ask(activity, question, queue, p.Ack, within=within)
            except Refused as no:
                workflow.logger.error("%s was refused: %s", activity, no.slug)
                await workflow.sleep(INSIST[min(attempt, len(INSIST)) - 1])
                if is_full():
                    workflow.continue_as_new(self.case.model_copy(update={"last_seq": self.asked}))
            else:
                return

    async def make_certificate(self, loaded: p.LoadedIssuance) -> None:
        await self.insist(loaded, p.MAKE_CERTIFICATE, LICENSING, THOROUGH)

    async def give_back(self, loaded: p.LoadedIssuance, why: Refused) -> str:
        """Return the case to its deciding step, with the reason; a closed case stays closed."""
        keyed = self.keyed(loaded, p.RETURN_FROM_ISSUANCE)
        question = p.ReturnFromIssuance(**keyed.model_dump(), problem=why.slug, detail=why.detail)
        try:
            await ask(p.RETURN_FROM_ISSUANCE, question, LICENSING, p.Ack)
        except Refused as no:
            workflow.logger.warning("The case does not take the issuance back: %s", no.slug)
            return no.slug
        return "returned"

    def keyed(self, loaded: p.LoadedIssuance, operation: str) -> p.Keyed:
        subject, application = self.case.subject, loaded.application_id
        return p.Keyed(
            key=command_key(application, str(subject), loaded.round, operation, "1"),
            subject=subject,
            application_id=application,
            edition=loaded.edition,
            trace=loaded.trace,
        )


def _stopped() -> Refused:
    return Refused("issuance-stopped", "The issuance was stopped before ground was granted")
