"""The worker offers every activity that the border between services and workflows promises."""

import re
from pathlib import Path

from licensing_office import OfficeOfTests

from contracts.procedures import QUEUE_OF
from services.licensing.worker import activities

BORDER = Path(__file__).parents[2] / "contracts" / "procedures.py"
PROMISED = re.compile(
    r'^[A-Z_]+: Final = "([a-z_]+)"  # (?:[a-z, ]*\blicensing\b|every service)', re.MULTILINE
)


def test_every_promised_activity_is_offered_under_its_name(office: OfficeOfTests) -> None:
    commands = {op.value for op, queue in QUEUE_OF.items() if queue == "licensing"}
    promised = commands | set(PROMISED.findall(BORDER.read_text()))
    offered = activities(office.app.state.database, office.desk, office.app.state.files)
    names = [getattr(one, "__temporal_activity_definition").name for one in offered]
    assert len(names) == len(set(names))
    assert promised - set(names) == set()
    assert len(promised) >= 19
