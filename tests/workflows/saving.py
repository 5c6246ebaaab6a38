"""Saves the history of a workflow as later code must replay it, and answers steps on the way."""

import json
from pathlib import Path
from typing import Any, Final

from temporalio.client import Client

from tests.workflows.country import Case, Country, seen

HISTORIES: Final = Path(__file__).parent / "histories"
LOCAL: Final = ("stackTrace", "identity", "workerControlTaskQueue")
"""Members of a history that speak of the machine it was made on; replaying needs none of them."""


async def save(client: Client, workflow_id: str, name: str, run_id: str | None = None) -> None:
    history = await client.get_workflow_handle(workflow_id, run_id=run_id).fetch_history()
    saved = {"workflow_id": workflow_id, "history": _clean(history.to_json_dict())}
    (HISTORIES / f"{name}.json").write_text(json.dumps(saved, sort_keys=True) + "\n")


def _clean(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _clean(one) for name, one in value.items() if name not in LOCAL}
    return [_clean(one) for one in value] if isinstance(value, list) else value


async def step(country: Country, case: Case, step_id: str, outcome: str = "approved") -> None:
    """Answer a step as soon as it is open."""
    await seen(lambda: step_id in case.services.desks)
    await country.mail.join()
    at = case.journal[-1].at
    country.tell(case, list(case.services.decide(step_id, outcome, at)), at)
    await country.mail.join()
