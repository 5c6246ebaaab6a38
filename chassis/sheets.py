"""Lists and figures as CSV: the same rows as in JSON, for whoever counts on with a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Final

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel

from chassis.pages import PageWanted, page_at

MEDIA: Final = "text/csv"
LARGEST: Final = 5_000
FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")


class Format(StrEnum):
    JSON = "json"
    CSV = "csv"


def rows_wanted(
    after: Annotated[str | None, Query(max_length=1000)] = None,
    limit: Annotated[int, Query(ge=1, le=LARGEST)] = 50,
) -> PageWanted:
    """A page of rows that may also be had as CSV: up to 5,000 at a time."""
    return page_at(after, limit)


AtFormat = Annotated[
    Format, Query(alias="format", description="`csv`: the same rows as a table, UTF-8")
]
AtRows = Annotated[PageWanted, Depends(rows_wanted)]
AS_CSV: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {MEDIA: {"schema": {"type": "string"}}}}
}
"""For a route's `responses=`: that it also answers in CSV."""


def sheet(
    request: Request,
    name: str,
    shape: type[BaseModel],
    rows: Iterable[BaseModel],
    following: str | None = None,
) -> Response:
    """The rows under the names of the shape's members.

    Where more rows follow, `Link` names the next page (`rel="next"`). Text that a spreadsheet
    would take for a formula gets an apostrophe before it.
    """
    written = io.StringIO(newline="")
    sheet = csv.writer(written)
    columns = tuple(shape.model_fields)
    sheet.writerow(columns)
    for row in rows:
        sheet.writerow([_cell(getattr(row, column)) for column in columns])
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    if following is not None:
        there = request.url.include_query_params(after=following)
        headers["Link"] = f'<{there.path}?{there.query}>; rel="next"'
    return Response(written.getvalue(), headers=headers, media_type=f"{MEDIA}; charset=utf-8")


def sheet_name(what: str, days: Sequence[date]) -> str:
    """`step-times_2026-01-01_2026-04-01`: what is counted, and its period."""
    return "_".join((what, *(day.isoformat() for day in days)))


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case list() | tuple() | frozenset():
            return " ".join(_cell(one) for one in value)
        case str():
            return f"'{value}" if value.startswith(FORMULAS) else str(value)
        case _:
            return str(value)
