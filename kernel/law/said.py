"""The texts that notices name by a word of the law: each edition has them in all its languages."""

from collections.abc import Iterable
from typing import Final

from kernel.law.plan import SilenceRule
from kernel.law.procedure import LicenceType

GIVEN: Final = ("approved", "refused")
DAY_OPEN: Final = "day.open"
"""Said in the place of a day that nobody knows yet, because all clocks stand still."""


def outcome_text(outcome: str) -> str:
    """The text that says how a step was answered by an office: `outcome.approved`."""
    return f"outcome.{outcome}"


def silence_text(rule: SilenceRule) -> str:
    """The text that says what follows from silence: `silence.deemed-approved`."""
    return f"silence.{rule}"


def texts_of_notices(licence_types: Iterable[LicenceType]) -> set[str]:
    """What must be there: the open day, every answer, and every silence rule that a step names."""
    procedures = [one for law in licence_types for one in law.procedures.values()]
    laws = [step.silence for procedure in procedures for step in procedure.steps]
    rules = {rule for law in laws for rule in (law.rule, law.then) if rule is not None}
    return {DAY_OPEN, *map(outcome_text, GIVEN), *map(silence_text, rules)}
