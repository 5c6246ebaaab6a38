"""What each process is told: the whole environment of every process is made here."""

from deploy.keycloak import start as keycloak
from deploy.keycloak.install import keycloak_home
from deploy.stack import country, outside
from deploy.stack.databases import app_url, owner_url
from deploy.stack.given_databases import place_of
from deploy.stack.layout import Stack
from deploy.stack.listening import LISTEN, is_door, listens_at
from deploy.stack.processes import FAKES, SERVICES, Process
from deploy.stack.vault import secret

KEYCLOAK_ADMIN = "cornerpost-reconciler"


def environment(process: Process, stack: Stack) -> dict[str, str]:
    """The variables of one process; secrets travel here and never on a command line."""
    if process.module is None:
        return _foreign(process, stack)
    prefix = _prefix(process)
    told = shared(stack) | _ports(process, stack, prefix) | _own(process, stack)
    if process in FAKES:
        told = {name: value for name, value in told.items() if name.startswith(prefix)}
    return told


def shared(stack: Stack) -> dict[str, str]:
    """What the whole stack is told alike."""
    issuer = f"{sign_in_address(stack)}/realms"
    return {
        "CORNERPOST_MODE": str(stack.mode),
        "CORNERPOST_TEMPORAL": temporal_address(stack),
        "CORNERPOST_TEMPORAL_NAMESPACE": stack.namespace,
        "CORNERPOST_KEYCLOAK": keycloak_address(stack),
        "CORNERPOST_STAFF_ISSUER": f"{issuer}/staff",
        "CORNERPOST_PUBLIC_ISSUER": f"{issuer}/public",
        "CORNERPOST_RULEBOOKS": str(stack.rulebooks),
        "CORNERPOST_COUNTRY": stack.country,
        "CORNERPOST_KEYS": str(stack.keys),
        "CORNERPOST_FILES": str(stack.files),
        "CORNERPOST_PUBLIC_URL": stack.public_url,
    }


def temporal_address(stack: Stack) -> str:
    return stack.given.get("CORNERPOST_TEMPORAL") or f"127.0.0.1:{stack.port('temporal')}"


def keycloak_address(stack: Stack) -> str:
    """Where services and commands ask it; no final slash."""
    given = stack.given.get("CORNERPOST_KEYCLOAK", "").rstrip("/")
    return given or keycloak.base_url(stack.port("keycloak"))


def sign_in_address(stack: Stack) -> str:
    """Where browsers find Keycloak, and what its tokens say of their issuer."""
    return stack.given.get(country.KEYCLOAK_PUBLIC_URL, keycloak_address(stack)).rstrip("/")


def phone_issuer(stack: Stack) -> str:
    """The issuer behind the public realm: messages, which knows a miner by the phone."""
    return stack.given.get(country.PHONE_PUBLIC_URL, _own_phone(stack)).rstrip("/")


def phone_address(stack: Stack) -> str:
    """Where Keycloak itself asks that issuer: one that runs elsewhere by its public address."""
    return phone_issuer(stack) if "CORNERPOST_KEYCLOAK" in stack.given else _own_phone(stack)


def portal_told(stack: Stack) -> str:
    """Where Keycloak tells the portal that a session ended: one that runs elsewhere, in public."""
    return stack.public_url if "CORNERPOST_KEYCLOAK" in stack.given else stack.address("portal")


def keycloak_launch(stack: Stack) -> keycloak.Launch:
    """Keycloak as this stack runs it."""
    where = place_of(owner_url(stack, "keycloak"))
    return keycloak.launch(
        keycloak_home(),
        stack.port("keycloak"),
        stack.port("keycloak-management"),
        keycloak.Database(
            address=f"{where.host}:{where.port}/{where.name}",
            user=where.user,
            password=where.password,
        ),
        own_admin(stack),
        keycloak_home().with_name(f"{keycloak_home().name}.jsa"),
        stack.given.get(country.KEYCLOAK_PUBLIC_URL),
        listens_at(stack),
    )


def own_admin(stack: Stack) -> keycloak.AdminAccount:
    """The account that a Keycloak of this stack is first started with."""
    return keycloak.AdminAccount(KEYCLOAK_ADMIN, secret(stack, "keycloak-admin"))


def keycloak_admin(stack: Stack) -> keycloak.AdminAccount | None:
    """Who reconciles the realms: our own account, or the given one; None where none was given."""
    if "CORNERPOST_KEYCLOAK" not in stack.given:
        return own_admin(stack)
    client = stack.given.get("CORNERPOST_KEYCLOAK_ADMIN_CLIENT")
    word = stack.given.get("CORNERPOST_KEYCLOAK_ADMIN_SECRET")
    return keycloak.AdminAccount(client, word) if client and word else None


def _own_phone(stack: Stack) -> str:
    return f"{stack.address('messages')}/phone"


def _foreign(process: Process, stack: Stack) -> dict[str, str]:
    """What a server of others is started with anew when it changes."""
    if process.name != "keycloak":
        return {}
    names = (country.KEYCLOAK_PUBLIC_URL, LISTEN)
    return {name: stack.given[name] for name in names if name in stack.given}


def _prefix(process: Process) -> str:
    """App, worker and relay of a service share one prefix."""
    first = process.name.split("-")[0] if process.name.split("-")[0] in SERVICES else process.name
    return f"CORNERPOST_{first.upper().replace('-', '_')}_"


def _ports(process: Process, stack: Stack, prefix: str) -> dict[str, str]:
    kind = "METRICS_PORT" if process.ready.name == "METRICS" else "PORT"
    door = {f"{prefix}HOST": listens_at(stack)} if is_door(process) else {}
    return door | {f"{prefix}{kind}": str(stack.port(process.name))}


def _own(process: Process, stack: Stack) -> dict[str, str]:
    """What only this process or its service needs."""
    told: dict[str, str] = {}
    service = process.name.split("-")[0]
    if process in FAKES:
        told[f"{_prefix(process)}DATA"] = str(stack.data / "fakes" / process.name)
    if process.name in ("licensing", "licensing-worker"):
        told["CORNERPOST_LICENSING_KEYCLOAK_SECRET"] = secret(stack, "client-appointments")
    if process.name == "telecom":
        told["CORNERPOST_TELECOM_SMTP_PORT"] = str(stack.port("telecom-smtp"))
    if service in (*SERVICES, "portal"):
        told[f"CORNERPOST_DATABASE_URL_{service.upper()}"] = app_url(stack, service)
    return told | _neighbours(service, stack)


def _neighbours(service: str, stack: Stack) -> dict[str, str]:
    """Addresses and words that a service needs beside its own."""
    callbacks = f"{stack.address('payments')}/v1/providers/mobile-money/callbacks"
    reports = f"{stack.address('messages')}/v1/delivery/reports/sms"
    told = {
        "payments": {"CORNERPOST_PAYMENTS_CALLBACK_URL": callbacks},
        "messages": {
            "CORNERPOST_MESSAGES_CALLBACK_URL": reports,
            "CORNERPOST_MESSAGES_PHONE_ISSUER": phone_issuer(stack),
            "CORNERPOST_MESSAGES_PHONE_CLIENT_SECRET": secret(stack, "client-phone"),
        },
        "portal": {
            "CORNERPOST_PORTAL_LICENSING_URL": stack.address("licensing"),
            "CORNERPOST_PORTAL_SESSION_KEY": secret(stack, "portal-sessions"),
            "CORNERPOST_PORTAL_STAFF_SECRET": secret(stack, "client-portal"),
            "CORNERPOST_PORTAL_PUBLIC_SECRET": secret(stack, "client-portal-public"),
        },
    }
    return told.get(service, {}) | _world_outside(service, stack)


def _world_outside(service: str, stack: Stack) -> dict[str, str]:
    """Where texts, mails and prompts to pay go: to the stand-ins, or to where the operator says."""
    told = {name: stack.given[name] for name in outside.SETTINGS if name in stack.given}
    if stack.fakes:
        told |= {
            "CORNERPOST_PAYMENTS_MOBILE_MONEY_URL": stack.address("mobile-money"),
            "CORNERPOST_MESSAGES_SMS_URL": stack.address("telecom"),
            "CORNERPOST_MESSAGES_SMTP_HOST": "127.0.0.1",
            "CORNERPOST_MESSAGES_SMTP_PORT": str(stack.port("telecom-smtp")),
        }
    own = f"CORNERPOST_{service.upper()}_"
    return {name: value for name, value in told.items() if name.startswith(own)}
