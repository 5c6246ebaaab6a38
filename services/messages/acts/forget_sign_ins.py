"""Forget sign-ins that are over: codes, pages and answers that nobody can use any more."""

from chassis.database import around
from chassis.unit_of_work import UnitOfWork
from services.messages.store.sign_ins import SignIns


def forget_sign_ins(work: UnitOfWork) -> int:
    """How many rows were removed."""
    return SignIns(work.session).forget_expired(around(work.session).clock.real_now())
