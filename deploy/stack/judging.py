"""Judges what a stack is given, before anything of it is kept or started."""

from collections.abc import Callable

from deploy.keycloak.reconcile import refuse_foreign
from deploy.stack import country
from deploy.stack.commands import temporal_ports
from deploy.stack.environment import keycloak_address, keycloak_admin
from deploy.stack.given_databases import refuse_unanswered, refuse_unfit
from deploy.stack.given_servers import KEYCLOAK, TEMPORAL, refuse_unreachable
from deploy.stack.identity import may_adopt
from deploy.stack.layout import Refused, Stack
from deploy.stack.listening import listens_at
from deploy.temporal.config import refuse_high_ports


def judge(stack: Stack, say: Callable[[str], None] = lambda line: None) -> None:
    """Raise for what `up` does not take; nothing is written anywhere. `say` is told warnings.

    Raises Refused, PortTooHigh, and for a given Keycloak AdminRefused and RealmsNotOurs.
    """
    _must_be_told(stack)
    listens_at(stack)
    if TEMPORAL not in stack.given:
        refuse_high_ports(temporal_ports(stack))
    adopts = may_adopt(stack)
    refuse_unfit(stack, say)
    refuse_unanswered(stack)
    refuse_unreachable(stack)
    admin = keycloak_admin(stack) if KEYCLOAK in stack.given else None
    if admin is not None:
        refuse_foreign(keycloak_address(stack), admin, adopts)


def _must_be_told(stack: Stack) -> None:
    """Raise Refused for a register of a real country that was not told whose it is."""
    untold = country.untold(stack.given)
    if untold and not stack.training and not stack.fakes:
        raise Refused(
            f"A production stack is told whose it is: name {', '.join(untold)} "
            "(docs/operating.md), or rehearse with --training or --with-fakes"
        )
