"""The one table of ports: which process listens where, as an offset from the stack's base."""

BASE = 21000
TEST_BASE = 22000

OFFSETS: dict[str, int] = {
    "postgres": 0,
    "temporal": 1,
    "temporal-http": 2,
    "temporal-history": 3,
    "temporal-matching": 4,
    "temporal-worker": 5,
    "temporal-frontend-membership": 6,
    "temporal-history-membership": 7,
    "temporal-matching-membership": 8,
    "temporal-worker-membership": 9,
    "keycloak": 10,
    "keycloak-management": 11,
    "licensing": 20,
    "cadastre": 21,
    "payments": 22,
    "messages": 23,
    "portal": 30,
    "telecom": 40,
    "telecom-smtp": 41,
    "mobile-money": 42,
    "licensing-worker": 50,
    "licensing-relay": 51,
    "cadastre-worker": 52,
    "cadastre-relay": 53,
    "payments-worker": 54,
    "payments-relay": 55,
    "messages-worker": 56,
    "messages-relay": 57,
    "workflows": 58,
}
"""Of workers and relays the port is that of their metrics; they serve nothing else."""


def port(process: str, base: int = BASE) -> int:
    """The port of a process in the stack that begins at `base`."""
    return base + OFFSETS[process]


def address(process: str, base: int = BASE) -> str:
    """`http://127.0.0.1:…` of a process that speaks HTTP."""
    return f"http://127.0.0.1:{port(process, base)}"
