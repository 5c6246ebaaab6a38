"""Sweep checks: ground checks that led to no application are not kept for ever."""

from datetime import timedelta
from typing import Final

from chassis.unit_of_work import UnitOfWork
from services.cadastre.store.checks import remove_checks

AT_ONCE: Final = 500


def sweep_checks(work: UnitOfWork, public: timedelta, signed_in: timedelta | None) -> int:
    """Remove some of those older than the time they are kept; how many, 0 when none is left.

    `signed_in` None: checks of people who were signed in stay. Those a lodgement stands on stay
    always. Nothing is told to the log: a check is an answer, no fact of the register.
    """
    removed = remove_checks(work.session, work.now - public, AT_ONCE, signed_in=False)
    if signed_in is not None:
        removed += remove_checks(work.session, work.now - signed_in, AT_ONCE, signed_in=True)
    return removed
