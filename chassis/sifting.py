"""Sifting rows by what was asked for: None asks for any, `-` for what has none."""

from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, FromClause

NONE: Final = "-"


def sifted(rows: FromClause, **asked: str | date | bool | None) -> list[ColumnElement[bool]]:
    """A condition for each column of `rows` of which something is asked."""
    found: list[ColumnElement[bool]] = []
    for name, value in asked.items():
        if value == NONE:
            found.append(rows.c[name].is_(None))
        elif value is not None:
            found.append(rows.c[name] == value)
    return found
