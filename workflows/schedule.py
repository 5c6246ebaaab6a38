"""The schedule of reconciling: made at the worker's start, and left paused if it was paused."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)

from contracts.procedures import PROCEDURES, RECONCILE_WORKFLOW, PageRef

RECONCILE: Final = "reconcile"


async def keep_schedule(client: Client, minutes: int) -> None:
    """Create the schedule, or bring it to `minutes` without waking one that an operator paused."""
    wanted = Schedule(
        action=ScheduleActionStartWorkflow(
            RECONCILE_WORKFLOW, PageRef(), id=RECONCILE, task_queue=PROCEDURES
        ),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=timedelta(minutes=minutes))]),
        policy=SchedulePolicy(
            overlap=ScheduleOverlapPolicy.SKIP, catchup_window=timedelta(minutes=10)
        ),
    )

    def keep(found: ScheduleUpdateInput) -> ScheduleUpdate:
        return ScheduleUpdate(schedule=replace(wanted, state=found.description.schedule.state))

    try:
        await client.create_schedule(RECONCILE, wanted)
    except ScheduleAlreadyRunningError:
        await client.get_schedule_handle(RECONCILE).update(keep)
