"""Answering with a figure or with the rows it counts, in JSON or as a table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel

from chassis.pages import PageWanted
from chassis.sheets import AtFormat, Format, sheet, sheet_name
from chassis.unit_of_work import ReadWork

V = TypeVar("V", bound=BaseModel)
Days = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Counted:
    """What is counted: its key, its formula in words, and its period; None: as of now."""

    key: StrEnum
    formula: str
    days: Days | None = None


@dataclass(frozen=True, slots=True)
class Answering:
    """How this request is answered: in which format, as of when, by which kind of stack."""

    request: Request
    format: Format
    as_of: datetime
    training: bool

    def figure(
        self, what: Counted, shape: type[BaseModel], rows: Sequence[BaseModel], **more: str | None
    ) -> object:
        """A figure with its formula and period; `shape` has a list `rows`."""
        if self.format is Format.CSV:
            return self._sheet(what.key.value, what.days, shape, rows)
        return shape.model_validate(self._told(what) | {"rows": rows} | more)

    def rows(
        self,
        what: Counted,
        shape: type[BaseModel],
        page: PageWanted,
        found: Sequence[V],
        place_of: Callable[[V], tuple[Any, ...]],
        **more: str | None,
    ) -> object:
        """A page of a figure's rows; `found` may hold one more than the page."""
        following = page.following([place_of(row) for row in found])
        rows = found[: page.limit]
        if self.format is Format.CSV:
            return self._sheet(f"{what.key.value}-rows", what.days, shape, rows, following)
        told = self._told(what) | {"rows": rows, "next": following}
        return shape.model_validate(told | more)

    def _told(self, what: Counted) -> dict[str, Any]:
        begins, ends = what.days or (None, None)
        return {
            "figure": what.key,
            "formula": what.formula,
            "begins": begins,
            "ends": ends,
            "as_of": self.as_of,
            "training": self.training,
        }

    def _sheet(
        self,
        name: str,
        days: Days | None,
        shape: type[BaseModel],
        rows: Sequence[BaseModel],
        following: str | None = None,
    ) -> object:
        named = sheet_name(name, days or (self.as_of.date(),))
        (of,) = shape.model_fields["rows"].annotation.__args__  # type: ignore[union-attr]
        return sheet(self.request, named, of, rows, following)


def answering(request: Request, work: ReadWork, wanted: AtFormat = Format.JSON) -> Answering:
    return Answering(request, wanted, work.now, request.app.state.settings.training)


AtAnswer = Annotated[Answering, Depends(answering)]
