"""R3 at the size of every run, its seed printed with what it found."""

import os

import pytest

from tests.experiments import r3
from tests.experiments.report import EVERY_RUN


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_of_two_approvals_for_the_same_ground_the_senior_wins(postgres: str, seed: int) -> None:
    finding = r3.run(postgres, EVERY_RUN, seed, os.environ.get("CORNERPOST_TEST_TEMPORAL"))
    print(finding.say())
    assert finding.kept, finding.say()
