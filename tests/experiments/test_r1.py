"""R1 at the size of every run, its seed printed with what it found."""

import os

import pytest

from tests.experiments import r1
from tests.experiments.report import EVERY_RUN


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_filings_outlive_the_death_of_everything_they_need(seed: int) -> None:
    finding = r1.run("", EVERY_RUN, seed, os.environ.get("CORNERPOST_TEST_TEMPORAL"))
    print(finding.say())
    assert finding.kept, finding.say()
