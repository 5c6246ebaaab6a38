"""R15 in every run: all operations, its seed printed with what it found."""

import pytest

from tests.experiments import r15
from tests.experiments.report import EVERY_RUN


@pytest.mark.timeout(900)
def test_a_repeated_request_has_one_effect_and_one_answer(postgres: str, seed: int) -> None:
    finding = r15.run(postgres, EVERY_RUN, seed)
    print(finding.say())
    assert finding.kept, finding.say()
