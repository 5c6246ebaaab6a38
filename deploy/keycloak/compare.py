"""Tells whether what Keycloak holds already covers what a realm document asks for."""

from collections.abc import Iterable, Mapping

from deploy.keycloak.admin import Document


def covers(found: object, wanted: object) -> bool:
    """Whether `found` has everything in `wanted`; what it does not name is left alone.

    Lists are compared without regard to order, as Keycloak keeps them as sets.
    """
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and all(
            covers(found.get(name), value) for name, value in wanted.items()
        )
    if isinstance(wanted, list):
        return isinstance(found, list) and sorted(map(str, found)) == sorted(map(str, wanted))
    return found == wanted


def merged(found: Document, wanted: Document) -> Document:
    """`found` with the members of `wanted` over it; nested maps are merged, lists replaced."""
    result = dict(found)
    for name, value in wanted.items():
        inner = result.get(name)
        if isinstance(value, dict) and isinstance(inner, dict):
            result[name] = merged(inner, value)
        else:
            result[name] = value
    return result


def without(document: Document, names: Iterable[str]) -> Document:
    """The document less the members that are treated one by one."""
    left_out = frozenset(names)
    return {name: value for name, value in document.items() if name not in left_out}
