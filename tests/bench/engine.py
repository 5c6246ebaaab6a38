"""How many whole cases the engine plays in a second of one core."""

import statistics
import time
from datetime import datetime, timedelta

from kernel.law.compile import compile_plan
from kernel.law.load import load_country, office_calendar
from kernel.law.plan import StepKind
from tests.bench.measure import ROUNDS, Measure
from tests.experiments.scratch import ROOT
from workflows.engine.desk_model import Reckoning
from workflows.engine.played import Played, Practice

CASES = 400
GOAL = 2_500
LODGED = datetime.fromisoformat("2026-11-02T08:15:00+02:00")
FACTS = {
    "hectares": "6.4", "minerals": ["gold"], "party_kind": "cooperative", "members": 12,
    "women": 7, "known_workings": 1, "office": "mines-north", "district": "riverside",
}


def measure(_: str, seed: int) -> list[Measure]:
    """An artisanal permit of the example country: eight steps, two fees, granted at the end.

    Core seconds, so that what else the machine does counts little.
    """
    law = load_country(ROOT / "rulebooks", "example").newest
    plan = compile_plan(law, "artisanal-permit", "new", FACTS)
    reckoning = Reckoning.by(office_calendar(law, "mines-north"))
    pays, answers = Practice(timedelta(minutes=10)), Practice(timedelta(hours=30))
    practice = {
        step.id: pays if step.kind is StepKind.FEE else answers for step in plan.steps
    }

    def play() -> None:
        case = Played(plan, LODGED, reckoning, practice).to_the_end(timedelta(days=365))
        assert case.state.closed == "granted"

    def rate() -> float:
        began = time.process_time()
        for _ in range(CASES):
            play()
        return CASES / (time.process_time() - began)

    rate()
    ours = statistics.median(rate() for _ in range(ROUNDS))
    return [Measure("engine", ours, None, GOAL, "cases per core-second", seed)]
