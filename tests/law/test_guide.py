"""The guide for authors says what the code does."""

import re

import pytest

from kernel.law.conditions import NAMES, check
from kernel.law.facts import CaseFacts
from kernel.law.ground import Consequence
from kernel.law.plan import FeeBefore, SilenceRule, StepKind
from tests.law.conftest import ROOT

GUIDE = (ROOT / "docs" / "rulebook-guide.md").read_text("utf-8")


def test_the_facts_of_conditions_are_listed_with_their_meaning() -> None:
    table = GUIDE.split("<!-- facts -->")[1].split("<!-- end of facts -->")[0]
    listed = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", table, re.MULTILINE))
    assert set(listed) == NAMES
    for name, fact in CaseFacts.model_fields.items():
        assert listed[name] == fact.description


@pytest.mark.parametrize(
    "word", [*SilenceRule, *StepKind, *FeeBefore, *Consequence], ids=lambda word: word.value
)
def test_every_word_of_the_law_is_explained(word: str) -> None:
    assert f"`{word}`" in GUIDE


@pytest.mark.parametrize("condition", re.findall(r"^when: (.*)$", GUIDE, re.MULTILINE))
def test_the_conditions_of_the_guide_can_be_answered(condition: str) -> None:
    check(condition.strip('"'))
