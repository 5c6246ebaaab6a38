"""Conditions are CEL over documented facts, and nothing else."""

import pytest

from kernel.law.conditions import NAMES, SAMPLE, BadCondition, check, holds, seen
from kernel.law.facts import CaseFacts

GROUPS = {"gold": "precious-metals", "sand": "construction"}


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        (None, True),
        ("known_workings > 0", True),
        ("hectares > 6.4", False),
        ("hectares >= 6.4", True),
        ("party_kind in ['cooperative', 'federation'] && women * 2 > members", True),
        ("minerals.exists(m, m == 'gold')", True),
        ("'precious-metals' in mineral_groups", True),
        ("'construction' in mineral_groups", False),
        ("'consent' in consequences || 'zone' in hits", True),
        ("zone != null && office == 'an-office'", True),
        ("offices.size() == 0", True),
    ],
)
def test_a_condition_is_answered_from_the_facts(condition: str | None, answer: bool) -> None:
    assert holds(condition, seen(SAMPLE, GROUPS)) is answer
    check(condition or "true")


def test_every_fact_and_the_groups_of_minerals_can_be_named() -> None:
    for name in NAMES:
        check(f"{name} == {name}")
    assert set(CaseFacts.model_fields) < NAMES


@pytest.mark.parametrize(
    ("condition", "line", "column", "told"),
    [
        ("known_workings >", 1, 17, "not CEL"),
        ("hectares > 1.0 &&\n  && units > 1", 2, 3, "not CEL"),
        ("units > 1 && farmers > 2", 1, 14, "no fact called farmers"),
        ("minerals.exists(m, n == 'gold')", 1, 20, "no fact called n"),
        ("members", 1, 1, "true or false"),
        ("members > 'many'", 1, 1, "No such overload"),
        ("grown(members)", 1, 1, "Undefined variable or function: 'grown'"),
    ],
)
def test_a_condition_that_cannot_be_answered_says_where(
    condition: str, line: int, column: int, told: str
) -> None:
    with pytest.raises(BadCondition, match=told) as bad:
        check(condition)
    assert (bad.value.line, bad.value.column) == (line, column)
