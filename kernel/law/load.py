"""Loading law: a country's folder becomes editions, or a list of faults with their places."""

import hashlib
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final

import holidays
from pydantic import ValidationError

from kernel.calendar import Calendar
from kernel.events import EditionRef
from kernel.law.check import (
    Finding,
    check_fees,
    check_ids,
    check_references,
    check_splits,
    check_words,
)
from kernel.law.check_ground import check_jurisdictions, check_offices, check_overlap
from kernel.law.check_notices import check_notices
from kernel.law.check_steps import check_procedures
from kernel.law.editions import Country, Edition
from kernel.law.places import CalendarRules
from kernel.law.schema import Rules
from kernel.law.source import (
    LICENCE_TYPES,
    NAME,
    Fault,
    Inside,
    Plain,
    RulebookFaulty,
    Source,
    Where,
    plain,
    read,
)
from kernel.log.canonical import JSON, NotCanonical, canonical

TYPES_FOLDER: Final = "licence-types"
EDITION_NAME: Final = re.compile(r"^\d{4}-\d\d-\d\d$")
CHECKS: Final[tuple[Callable[[Rules], Iterator[Finding]], ...]] = (
    check_ids,
    check_references,
    check_words,
    check_fees,
    check_splits,
    check_procedures,
    check_offices,
    check_jurisdictions,
    check_overlap,
    check_notices,
)


class Edited:
    """The files of one edition, put together, with the way back from a member to its place."""

    def __init__(self, folder: Path, shown_as: str) -> None:
        self.shown_as = shown_as
        self.faults: list[Fault] = []
        self.sources: dict[str, Source] = {}
        self.types: list[Source] = []
        self.content: dict[str, Plain] = {}
        for path in sorted(folder.glob("*.yaml")):
            self._take(path, f"{shown_as}/{path.name}")
        for path in sorted((folder / TYPES_FOLDER).glob("*.yaml")):
            self._take_type(path, f"{shown_as}/{TYPES_FOLDER}/{path.name}")
        self.content[LICENCE_TYPES] = [plain(source.root) for source in self.types]

    def _read(self, path: Path, name: str) -> Source | None:
        try:
            return read(path, name)
        except RulebookFaulty as faulty:
            self.faults += faulty.faults
            return None

    def _take(self, path: Path, name: str) -> None:
        source = self._read(path, name)
        for member in source.root if source else ():
            if source and (member in self.content or member == LICENCE_TYPES):
                other = self.sources[member].file if member in self.sources else TYPES_FOLDER
                self.faults.append(source.fault((member,), f"{member} belongs into {other}", NAME))
            elif source:
                self.sources[member] = source
                self.content[member] = plain(source.root[member])

    def _take_type(self, path: Path, name: str) -> None:
        source = self._read(path, name)
        if source is None:
            return
        if source.root.get("id") != path.stem:
            self.faults.append(source.fault(("id",), f"the id is the file's name, {path.stem}"))
        self.types.append(source)

    def fault(self, path: Where, message: str, inside: Inside | None = None) -> Fault:
        """A fault at a member of the whole, in the file that it stands in."""
        if path[:1] == (LICENCE_TYPES,) and len(path) > 1 and isinstance(path[1], int):
            return self.types[path[1]].fault(path[2:], message, inside)
        source = self.sources.get(str(path[0])) if path else None
        if source is not None:
            return source.fault(path, message, inside)
        where = str(path[0]) if path else ""
        return Fault(self.shown_as, 1, 1, where, message)


def load_country(folder: Path, country: str) -> Country:
    """All editions of a country in `folder/country/<date>/`; RulebookFaulty says why not."""
    home = folder / country
    names = sorted(p for p in home.glob("*") if p.is_dir() and EDITION_NAME.match(p.name))
    if not names:
        raise RulebookFaulty([Fault(str(home), 1, 1, "", "there is no edition in this folder")])
    editions, faults = [], list[Fault]()
    for path in names:
        try:
            editions.append(load_edition(path, country))
        except RulebookFaulty as faulty:
            faults += faulty.faults
    if faults:
        raise RulebookFaulty(faults)
    return Country(country, editions)


def load_edition(folder: Path, country: str) -> Edition:
    """One edition from its folder, whose name is the date it takes effect."""
    shown_as = f"{country}/{folder.name}"
    edited = Edited(folder, shown_as)
    rules = _rules(edited)
    if rules is None or edited.faults:
        raise RulebookFaulty(edited.faults)
    edited.faults += [
        edited.fault(found.path, found.message, found.inside)
        for check in CHECKS
        for found in check(rules)
    ]
    if rules.country.id != country:
        edited.faults.append(edited.fault(("country", "id"), f"the folder says {country}"))
    if edited.faults:
        raise RulebookFaulty(edited.faults)
    ref = EditionRef(country=country, edition=folder.name, hash=_hash(edited))
    return Edition(ref, date.fromisoformat(folder.name), rules)


def _rules(edited: Edited) -> Rules | None:
    try:
        return Rules.model_validate(edited.content)
    except ValidationError as refused:
        for error in refused.errors():
            inside = NAME if error["type"] == "extra_forbidden" else None
            said = _said(error["type"], error["msg"])
            edited.faults.append(edited.fault(error["loc"], said, inside))
        return None


def _said(kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return "there is no such member here"
    if kind == "missing":
        return "this member is missing"
    return message.removeprefix("Value error, ")


def _hash(edited: Edited) -> str:
    """Of the content as written, without comments and order of members: independent of defaults."""
    try:
        return hashlib.sha256(canonical(_exact(edited.content))).hexdigest()
    except NotCanonical as odd:
        raise RulebookFaulty([Fault(edited.shown_as, 1, 1, odd.where, odd.detail)]) from odd


def _exact(node: Plain) -> JSON:
    if isinstance(node, dict):
        return {key: _exact(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_exact(item) for item in node]
    if isinstance(node, float):
        raise NotCanonical(f"{node} has a fraction: exact numbers stand in quotes")
    return node


def office_calendar(edition: Edition, office: str) -> Calendar:
    """The working days and hours of one office, for the edition's years; quick when repeated."""
    return _office_calendar(edition, office)


@lru_cache(maxsize=1024)
def _office_calendar(edition: Edition, office: str) -> Calendar:
    rules = edition.rules.calendar
    own = {holiday.day for holiday in rules.offices.get(edition.office(office).id, ())}
    return Calendar(
        utc_offset_minutes=edition.rules.country.utc_offset_minutes,
        weekend=rules.weekend,
        holidays=tuple(sorted((_holidays(rules, edition.effective) | own) - set(rules.worked))),
        cut_off=rules.cut_off,
        ends_on_working_day=rules.ends_on_working_day,
        outage_grace=rules.outage_grace,
    )


def _holidays(rules: CalendarRules, start: date) -> set[date]:
    """National holidays, from the year before the start on."""
    years = range(start.year - 1, start.year + rules.years)
    days = {holiday.day for holiday in rules.dated}
    for year in years:
        days |= {_in_year(kept.day, year) for kept in rules.yearly}
    if rules.library is not None:
        kept = holidays.country_holidays(
            rules.library.country, subdiv=rules.library.subdivision, years=years
        )
        only = rules.library.only
        days |= {d for d, name in kept.items() if not only or any(w in name for w in only)}
    return days


def _in_year(month_and_day: str, year: int) -> date:
    """The date; 29 February is kept on 28 February of other years."""
    month, day = (int(part) for part in month_and_day.split("-"))
    first = date(year, month, 1)
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(day, last.day))
