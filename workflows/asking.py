"""How workflows ask services: again through every outage, and once only when they are refused."""

from datetime import datetime, timedelta
from typing import Final, TypeVar
from uuid import UUID

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from pydantic import BaseModel, ConfigDict

    from kernel.events import Event

PROMPT: Final = timedelta(seconds=10)
"""The time a service has for one act in its database."""

THOROUGH: Final = timedelta(minutes=2)
"""The time for a document to be made or a foreign server to be told."""

OUTAGES: Final = RetryPolicy(
    initial_interval=timedelta(seconds=1),
    backoff_coefficient=2.0,
    maximum_interval=timedelta(minutes=1),
)
"""An outage is tried again for ever, at most a minute after it has passed."""

LOOK_AGAIN: Final = "look_again"
"""The signal by which reconciling asks a case to compare its journal with licensing's."""

START_LOST: Final = "start_lost"
"""The activity of the workflows' own worker that starts a workflow which should be running."""

FULL: Final = 400
"""Events after which a run hands over to the next, so that a history stays under 500."""

T = TypeVar("T", bound=BaseModel)


class Lost(BaseModel):
    """A workflow that should be running and is not; `legal_now` is the legal instant of asking."""

    model_config = ConfigDict(frozen=True)

    workflow: str
    subject: UUID
    legal_now: datetime


class Refused(Exception):
    """The service answered, and its answer is no: asking again would not help.

    `slug` is the problem's stable name. `detail` may speak of the case: it is not logged.
    """

    def __init__(self, slug: str, detail: str) -> None:
        super().__init__(slug)
        self.slug, self.detail = slug, detail


async def ask(
    activity: str, question: BaseModel, queue: str, answer: type[T], within: timedelta = PROMPT
) -> T:
    """The answer of the service that works on `queue`. Raises Refused; outages are waited out."""
    try:
        found: T = await workflow.execute_activity(
            activity,
            question,
            task_queue=queue,
            result_type=answer,
            start_to_close_timeout=within,
            retry_policy=OUTAGES,
        )
    except ActivityError as failed:
        if isinstance(failed.cause, ApplicationError):
            raise Refused(failed.cause.type or "refused", failed.cause.message) from failed
        raise
    return found


def is_full() -> bool:
    """Whether the run's history is long enough to begin a new one."""
    info = workflow.info()
    return info.is_continue_as_new_suggested() or info.get_current_history_length() >= FULL


class LegalClock:
    """The one `now` of a workflow: legal time, which never runs behind the newest fact it knows.

    `offset` is what the training clock had been moved by when the workflow was started.
    """

    def __init__(self, offset: int) -> None:
        self._ahead = timedelta(seconds=offset)
        self._newest: datetime | None = None

    def saw(self, event: Event) -> None:
        if self._newest is None or event.at > self._newest:
            self._newest = event.at

    def now(self) -> datetime:
        reckoned = workflow.now() + self._ahead
        return reckoned if self._newest is None else max(reckoned, self._newest)
