"""A notice without a case: hands it to messages, which knows the addresses and keeps the record."""

from typing import Final

from temporalio import workflow

from workflows.asking import Refused, ask

with workflow.unsafe.imports_passed_through():
    from contracts import procedures as p
    from kernel.commands import Command, Operation
    from kernel.events import CaseRef, EditionRef, Event
    from workflows.engine.turn import command_key

NO_EDITION: Final = EditionRef(country="", edition="", hash="")
"""A notice about no case stands on no rulebook: messages takes the text of today."""


@workflow.defn(name=p.NOTICE_WORKFLOW)
class NoticeWorkflow:
    """The notices of one fact that belongs to no case, such as an appointment."""

    @workflow.init
    def __init__(self, case: CaseRef) -> None:
        self.subject = case.subject
        self.facts: list[Event] = []

    @workflow.signal(name=p.FACT_RECORDED)
    def fact_recorded(self, event: Event) -> None:
        self.facts.append(event)

    @workflow.run
    async def run(self, case: CaseRef) -> str:
        await workflow.wait_condition(lambda: bool(self.facts))
        sent = 0
        while self.facts:
            event = self.facts.pop(0)
            notices = event.payload.get("notices")
            for notice in notices if isinstance(notices, list) else []:
                sent += await self.send(event, notice)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return f"{sent} handed over"

    async def send(self, event: Event, notice: dict[str, object]) -> int:
        """1 when messages took it; a refusal is logged, for nobody can be asked again."""
        operation = Operation.SEND_NOTICE
        command = Command(
            key=command_key(event.case, str(notice.get("notice")), 0, operation.value, "1"),
            application_id=event.case,
            operation=operation,
            subject=str(notice.get("notice")),
            round=0,
            edition=event.edition or NO_EDITION,
            args=notice,
            at=event.legal_at,
            trace=event.trace,
        )
        try:
            await ask(operation.value, command, p.QUEUE_OF[operation], p.LapseAnswer)
        except Refused as no:
            workflow.logger.warning("Messages refused a notice: %s", no.slug)
            return 0
        return 1
