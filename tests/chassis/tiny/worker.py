"""A worker as small as one can be: one workflow that asks one activity."""

import sys
from datetime import timedelta
from pathlib import Path

from temporalio import activity, workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from pydantic import BaseModel
    from pydantic_settings import SettingsConfigDict

    from chassis.settings import ProcessSettings
    from chassis.trace import trace_id
    from chassis.worker import refusals_are_final, run_worker
    from kernel.problems import NotFound, TryLater


class Settings(ProcessSettings):
    model_config = SettingsConfigDict(env_prefix="CORNERPOST_TINY_", frozen=True)


class Asked(BaseModel):
    what: str
    trace: str | None = None


@activity.defn
@refusals_are_final
def answer(asked: Asked) -> str:
    if asked.what == "refuse":
        raise NotFound("There is no such thing")
    if asked.what == "mistake":
        raise KeyError("canary")
    if asked.what == "outage" and activity.info().attempt < 3:
        raise TryLater("Not now", retry_after=1)
    return f"{asked.what} {activity.info().attempt} {trace_id()}"


@workflow.defn
class AskWorkflow:
    @workflow.run
    async def run(self, asked: Asked) -> str:
        return await workflow.execute_activity(
            answer,
            asked,
            start_to_close_timeout=timedelta(seconds=10),
            retry_policy=RetryPolicy(maximum_attempts=3),
        )


if __name__ == "__main__":
    address, queue, log_path = sys.argv[1:]
    settings = Settings(mode="training", temporal=address, log_path=Path(log_path))
    run_worker(settings, queue, [answer], [AskWorkflow])
