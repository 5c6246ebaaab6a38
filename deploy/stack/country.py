"""Whose cadastre a stack is: the country's law, its name in the log, and where people find it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

COUNTRY: Final = "CORNERPOST_COUNTRY"
ORIGIN: Final = "CORNERPOST_ORIGIN"
PUBLIC_URL: Final = "CORNERPOST_PUBLIC_URL"
KEYCLOAK_PUBLIC_URL: Final = "CORNERPOST_KEYCLOAK_PUBLIC_URL"
PHONE_PUBLIC_URL: Final = "CORNERPOST_PHONE_PUBLIC_URL"
RULEBOOKS: Final = "CORNERPOST_RULEBOOKS"
ADDRESSES: Final = (PUBLIC_URL, KEYCLOAK_PUBLIC_URL, PHONE_PUBLIC_URL)
"""Where browsers find the portal, Keycloak and the sign-in by phone."""

NAMES: Final = (COUNTRY, ORIGIN, RULEBOOKS, *ADDRESSES)

FICTIONAL: Final = {COUNTRY: "example", ORIGIN: "cadastre.example"}
"""What a stack is when it was told nothing: the country of every test, under a name of nobody."""


def country_of(given: Mapping[str, str]) -> str:
    """The folder of its law below the rulebooks."""
    return given.get(COUNTRY, FICTIONAL[COUNTRY])


def origin_host(given: Mapping[str, str]) -> str:
    """The host name under which its logs and keys are known, for ever."""
    return given.get(ORIGIN, FICTIONAL[ORIGIN])


def rulebooks_of(given: Mapping[str, str], clone: Path) -> Path:
    return Path(given.get(RULEBOOKS, clone / "rulebooks"))


def moved(kept: Mapping[str, str], given: Mapping[str, str]) -> list[str]:
    """What cannot change once a stack has signed with it: the names, of those that differ."""
    return [
        name
        for name, before in FICTIONAL.items()
        if given.get(name, before) != kept.get(name, before)
    ]


def untold(given: Mapping[str, str]) -> list[str]:
    """What a register of a real country must be told, and was not."""
    return [name for name in (COUNTRY, ORIGIN, PUBLIC_URL) if name not in given]


def mistaken(given: Mapping[str, str], clone: Path) -> str | None:
    """What is wrong with what was told, in words; None when nothing is."""
    folder = rulebooks_of(given, clone) / country_of(given)
    if not any(folder.glob("*/country.yaml")):
        return f"there is no rulebook of {country_of(given)!r} in {folder.parent}"
    for name in ADDRESSES:
        url = given.get(name, "https://")
        if not url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
            return f"{name} begins with https://"
    host = origin_host(given)
    if not host.replace("-", "").replace(".", "").isalnum() or "." not in host:
        return f"{ORIGIN} is a host name such as cadastre.example"
    return None
