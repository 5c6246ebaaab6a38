"""Filters of figures, rows and lists: a figure and its rows take the same one."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final

from contracts.calling import Value

NONE: Final = "-"
"""Asks for what has none: no office, no district."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A filter; `params` is how it stands in a query string. None asks for any."""

    def params(self) -> dict[str, Value]:
        """Without what is not asked for."""
        told = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: spelled(value) for name, value in told.items() if value not in (None, ())}


def spelled(value: object) -> str | Sequence[str]:
    """As query strings spell it: days in ISO 8601, enums by value, `true` and `false`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return [str(one) for one in value] if isinstance(value, tuple) else str(value)


def paged(of: Asked, after: str | None, limit: int | None) -> dict[str, Value]:
    """The filter, and which page of what it finds."""
    return of.params() | {"after": after, "limit": limit}
