"""Conditions of the law in CEL: tried at loading, answered when a plan is compiled."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

import cel

from kernel.law.facts import CaseFacts
from kernel.law.procedure import HolderKind

DECIMALS = ("hectares", "holds_hectares")  # CEL sees numbers where facts are exact decimal text
_BINDS = re.compile(r"\.(?:all|exists|exists_one|filter|map)\(\s*([A-Za-z_]\w*)\s*,")
_PLACE = re.compile(r"<input>:(\d+):(\d+): (?:Syntax error: )?([^\n]*)")

SAMPLE = CaseFacts(
    party_kind=HolderKind.COOPERATIVE,
    hectares="6.4",
    units=4,
    minerals=("gold",),
    members=12,
    women=7,
    zone="a-zone",
    office="an-office",
    district="a-district",
    known_workings=1,
    hits=("zone",),
    consequences=("visit-and-notice",),
)


class BadCondition(ValueError):
    """The condition cannot be answered; `line` and `column` count from 1 inside the condition."""

    def __init__(self, detail: str, line: int = 1, column: int = 1) -> None:
        super().__init__(detail)
        self.detail, self.line, self.column = detail, line, column


NAMES = frozenset(CaseFacts.model_fields) | {"mineral_groups"}
"""What a condition may name: the members of CaseFacts, and the groups of the minerals asked for."""


def seen(facts: CaseFacts, group_of: Mapping[str, str]) -> dict[str, object]:
    """The facts as CEL sees them; `group_of` gives each mineral's group."""
    names = facts.model_dump(mode="json")
    for name in DECIMALS:
        names[name] = float(names[name])
    names["mineral_groups"] = sorted({group_of[m] for m in facts.minerals if m in group_of})
    return names


def holds(condition: str | None, names: Mapping[str, object]) -> bool:
    """The answer; no condition always holds. BadCondition when there is none."""
    if condition is None:
        return True
    program = _compiled(condition)
    try:
        answer = program.execute(dict(names))
    except (RuntimeError, TypeError, ValueError) as unanswered:
        raise BadCondition(str(unanswered).split(". ")[0]) from unanswered
    if not isinstance(answer, bool):
        raise BadCondition("a condition answers true or false, this one something else")
    return answer


def check(condition: str) -> None:
    """Raise BadCondition for what does not parse, names unknown facts, or answers no yes or no."""
    used: Sequence[str] = _compiled(condition).variables()
    bound = set(_BINDS.findall(condition))
    for name in used:
        if name not in NAMES | bound:
            place = re.search(rf"\b{re.escape(name)}\b", condition)
            column = place.start() + 1 if place else 1
            raise BadCondition(f"there is no fact called {name}", 1, column)
    holds(condition, seen(SAMPLE, {"gold": "precious-metals"}))


@lru_cache(maxsize=4096)
def _compiled(condition: str) -> cel.Program:
    try:
        return cel.compile(condition)
    except ValueError as broken:
        found = _PLACE.search(str(broken))
        if found is None:
            raise BadCondition("this is not a CEL condition") from broken
        detail = found[3].split(" expecting ")[0]
        raise BadCondition(f"not CEL: {detail}", int(found[1]), int(found[2])) from broken
