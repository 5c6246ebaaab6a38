"""Open cases outlive a release: every history that was recorded is replayed by today's code."""

import asyncio
import base64
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from contracts import procedures as p
from kernel import facts
from kernel.commands import Operation
from kernel.events import CaseRef
from workflows.application import ApplicationWorkflow
from workflows.engine.case_facts import CASE_FACTS
from workflows.engine.paper_facts import PAPER_FACTS
from workflows.engine.step_facts import STEP_FACTS
from workflows.worker import WORKFLOWS

HISTORIES = sorted((Path(__file__).parent / "histories").glob("*.json"))
KINDS = (
    p.APPLICATION_WORKFLOW,
    p.INVOICE_WORKFLOW,
    p.ISSUANCE_WORKFLOW,
    p.APPOINTMENT_WORKFLOW,
    p.NOTICE_WORKFLOW,
    p.RECONCILE_WORKFLOW,
)


def saved(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text())
    return found


async def replay(path: Path, *kinds: type) -> None:
    history = WorkflowHistory.from_json(saved(path)["workflow_id"], saved(path)["history"])
    replayer = Replayer(workflows=kinds, data_converter=pydantic_data_converter)
    await replayer.replay_workflow(history)


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
def test_a_recorded_history_replays(path: Path) -> None:
    asyncio.run(replay(path, *WORKFLOWS))


def test_every_kind_of_workflow_has_a_recorded_history() -> None:
    kinds = {
        path.stem: saved(path)["history"]["events"][0]["workflowExecutionStartedEventAttributes"][
            "workflowType"
        ]["name"]
        for path in HISTORIES
    }
    assert set(kinds.values()) == set(KINDS)


WITHOUT_CONSEQUENCE = {
    facts.STEP_VISITED,
    facts.OCCUPANTS_NOTIFIED,
    facts.PAPER_DECISION_RECORDED,
    facts.INVOICE_REMINDED,
    facts.AREA_DISPLACED,
    facts.AREA_FREED,
    facts.AREA_GRANTED,
    facts.AREA_WITHDRAWN,
}
"""Facts after which a case asks for nothing and wakes as before."""


def words(told: object) -> Iterator[str]:
    """What the payloads of a history say, and which activities it names."""
    if isinstance(told, dict):
        if isinstance(told.get("data"), str):
            yield base64.b64decode(told["data"]).decode()
        if isinstance(told.get("activityType"), dict):
            yield f"activity {told['activityType']['name']};"
        told = list(told.values())
    if isinstance(told, list):
        for one in told:
            yield from words(one)


def test_every_command_and_every_fact_that_matters_is_in_a_recorded_history() -> None:
    known = "".join(word for path in HISTORIES for word in words(saved(path)))
    assert not [one.value for one in Operation if f"activity {one.value};" not in known]
    matter = {*CASE_FACTS, *STEP_FACTS, *PAPER_FACTS} - WITHOUT_CONSEQUENCE
    assert not [name for name in matter if f'"name":"{name}"' not in known]


def test_recorded_histories_hold_nothing_of_the_machine_they_were_made_on() -> None:
    for path in HISTORIES:
        text = path.read_text()
        for member in ("stackTrace", "identity", str(Path.cwd()), "Traceback"):
            assert member not in text, (path.name, member)


@workflow.defn(name=p.APPLICATION_WORKFLOW, sandboxed=False)
class Changed(ApplicationWorkflow):
    """The case's workflow after a careless change: it pauses before it begins."""

    @workflow.init
    def __init__(self, case: CaseRef) -> None:
        super().__init__(case)

    @workflow.run
    async def run(self, case: CaseRef) -> str:
        await workflow.sleep(1)
        return await super().run(case)


def test_a_change_that_open_cases_would_not_survive_is_noticed() -> None:
    (path,) = (path for path in HISTORIES if path.stem == "application-granted")
    with pytest.raises(workflow.NondeterminismError):
        asyncio.run(replay(path, Changed))


IMPURE = (
    "sqlalchemy",
    "psycopg",
    "fastapi",
    "httpx",
    "chassis",
    "services",
    "kernel.law.load",
    "kernel.law.compile",
    "ruamel",
    "holidays",
    "cel",
)


def test_what_the_workflows_import_is_pure() -> None:
    modules = ["application", "invoice", "issuance", "appointment", "notice", "reconcile"]
    program = f"import sys, {', '.join('workflows.' + one for one in modules)}\n"
    program += "print('\\n'.join(sys.modules))"
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not [one for one in found for bad in IMPURE if one == bad or one.startswith(bad + ".")]


def test_every_workflow_runs_in_the_sandbox() -> None:
    for kind in WORKFLOWS:
        definition = workflow._Definition.from_class(kind)
        assert definition is not None
        assert definition.sandboxed
