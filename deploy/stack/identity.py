"""Keycloak as this stack wants it: realms, clients, and a group for every office of the law."""

from dataclasses import fields

from deploy.keycloak.realms import Addresses, ClientSecrets, Office
from deploy.keycloak.reconcile import Changes, reconcile
from deploy.keycloak.start import AdminAccount
from deploy.stack.environment import (
    keycloak_address,
    phone_address,
    phone_issuer,
    portal_told,
)
from deploy.stack.layout import Refused, Stack
from deploy.stack.vault import secret
from kernel.law.load import load_country


def reconcile_identity(stack: Stack, admin: AdminAccount) -> Changes:
    """Bring both realms to what law and stack say; nothing is written when they are so already.

    Raises RealmsNotOurs for a given server's realms that somebody else made, unless the operator
    says that they are to be adopted. A stack's own server holds nobody else's.
    """
    return reconcile(
        keycloak_address(stack),
        admin,
        Addresses(
            stack.public_url, phone_issuer(stack), phone_address(stack), portal_told(stack)
        ),
        client_secrets(stack),
        offices(stack),
        adopt=may_adopt(stack),
    )


def may_adopt(stack: Stack) -> bool:
    """Whether realms without our mark may be made over; those of a stack's own server may."""
    said = stack.given.get("CORNERPOST_KEYCLOAK_ADOPT", "no")
    if said not in ("yes", "no"):
        raise Refused(f"CORNERPOST_KEYCLOAK_ADOPT is `yes` or `no`, not {said!r}")
    return "CORNERPOST_KEYCLOAK" not in stack.given or said == "yes"


def client_secrets(stack: Stack) -> ClientSecrets:
    """What each client proves itself with, from the stack's vault."""
    names = [field.name for field in fields(ClientSecrets)]
    return ClientSecrets(**{name: secret(stack, client(name)) for name in names})


def client(name: str) -> str:
    """The vault's name of a client's secret."""
    return f"client-{name.replace('_', '-')}"


def offices(stack: Stack) -> list[Office]:
    """The offices of the newest edition of the country's law."""
    newest = load_country(stack.rulebooks, stack.country).newest
    return [Office(one.agency, one.id) for one in newest.rules.offices]
