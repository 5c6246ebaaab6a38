"""Sheets: what a person types into a form is kept with each sending of it, until it has counted.

A form that posts begins with `sheet_fields(sheet)` and shows `sheet.value("name")`. Its route asks
for `AtSheet`, calls its service with `str(sheet.key)` as the idempotency key, and ends with
`settle`. So whatever ends in between (the session, a service, the portal itself), the page comes
back with everything typed, and a second click or the back button repeats nothing.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Final
from uuid import UUID

from fastapi import Depends, Request
from starlette.responses import RedirectResponse

from chassis.clock import Clock, new_uuid
from chassis.database import Database
from kernel.problems import Problem
from portal.store import sheets
from portal.store.door import opened
from portal.web.cookies import VISITOR, Cookies, visitor
from portal.web.pages import ASKED, SHEET
from portal.web.sealing import SealBroken, Seals
from portal.web.typed import SAFE, AtTyped, Typed, first

NEVER_KEPT: Final = frozenset({"pin", "password", "one_time_code"})
OF_A_PERSON: Final = timedelta(days=30)
OF_A_VISITOR: Final = timedelta(hours=2)
DONE: Final = timedelta(days=7)


class Leads(Exception):
    """Not this page but that one; the answer is a redirection there."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


class SentBefore(Problem):
    """This form was sent and has counted; now it came again with something else in it."""

    title = "This form has been sent already"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One form being filled in. `key` is the same however often it is sent."""

    key: UUID
    typed: Typed

    def value(self, name: str, otherwise: str = "") -> str:
        return first(self.typed, name) if name in self.typed else otherwise

    def values(self, name: str) -> list[str]:
        return list(self.typed.get(name, ()))


@dataclass(frozen=True, slots=True)
class Sheets:
    """The sheets in the portal's database, each sealed for its owner."""

    database: Database
    seals: Seals
    clock: Clock

    def blank(self) -> Sheet:
        return Sheet(new_uuid(self.clock.real_now()), {})

    def newest(self, owner: str, name: str) -> Sheet | None:
        """What the owner last typed into the form of that name."""
        with opened(self.database) as door:
            row = sheets.newest(
                door, self._owner(owner), self._name(name), self.clock.real_now()
            )
        if row is None:
            return None
        typed = self._unseal(owner, row.sealed)
        return None if typed is None else Sheet(row.key, json.loads(typed))

    def keep(self, owner: str, name: str, key: UUID, fields: Typed, *, visitor: bool) -> Sheet:
        """What was typed now. Raises Leads for what was sent before, SentBefore if it differs."""
        kept = {one: list(given) for one, given in fields.items() if one not in NEVER_KEPT}
        text, now = json.dumps(kept, sort_keys=True), self.clock.real_now()
        row = sheets.SheetRow(
            owner=self._owner(owner),
            key=key,
            name=self._name(name),
            digest=self.seals.name("typed", text),
            sealed=self.seals.seal(SHEET, owner, text.encode()),
            kept_at=now,
            keep_until=now + (OF_A_VISITOR if visitor else OF_A_PERSON),
            done_at=None,
        )
        with opened(self.database) as door:
            stands = sheets.put(door, row)
        if stands.done_at is not None:
            led_to = self._unseal(owner, stands.sealed) or "/"
            if stands.digest == row.digest:
                raise Leads(led_to)
            raise SentBefore("What was sent the first time stands", led_to=led_to)
        return Sheet(key, dict(fields))

    def settle(self, owner: str, sheet: Sheet, address: str) -> None:
        """It has counted and led there."""
        now = self.clock.real_now()
        sealed = self.seals.seal(SHEET, owner, address.encode())
        with opened(self.database) as door:
            sheets.settle(door, self._owner(owner), sheet.key, sealed, now, now + DONE)

    def _owner(self, owner: str) -> bytes:
        return self.seals.name("sheet-owner", owner)

    def _name(self, name: str) -> bytes:
        return self.seals.name("sheet-name", name)

    def _unseal(self, owner: str, sealed: bytes) -> str | None:
        try:
            return self.seals.unseal(SHEET, owner, sealed).decode()
        except SealBroken:
            return None


def sheet_of(request: Request, fields: AtTyped) -> Sheet:
    """The form at this address: as it was left when the page is opened, as typed when it is sent.

    With `lang` among the fields the language was switched: all is kept, and the page comes again.
    """
    held: Sheets = request.app.state.sheets
    if request.method in SAFE:
        left = (held.newest(owner, request.url.path) for owner in _owners(request))
        return next((one for one in left if one is not None), None) or held.blank()
    kept = keep_typed(request, fields)
    if ASKED in fields:
        raise Leads(f"{request.url.path}?{ASKED}={first(fields, ASKED)}")
    return kept


AtSheet = Annotated[Sheet, Depends(sheet_of)]


def keep_typed(request: Request, fields: Typed) -> Sheet:
    """Keep what was posted, also when the session has ended: for whoever it belonged to."""
    held: Sheets = request.app.state.sheets
    person = request.state.person or request.state.expired
    owner = person.key if person else f"visitor:{visitor(request)}"
    own: Mapping[str, list[str]] = {
        name: given for name, given in fields.items() if name not in {SHEET, ASKED}
    }
    return held.keep(
        owner, request.url.path, _key(request, fields), own, visitor=person is None
    )


def settle(request: Request, sheet: Sheet, address: str) -> RedirectResponse:
    """The service has answered: go on to `address`, now and whenever this form is sent again."""
    held: Sheets = request.app.state.sheets
    for owner in _owners(request)[:1]:
        held.settle(owner, sheet, address)
    return RedirectResponse(address, status_code=303)


def _owners(request: Request) -> list[str]:
    """Whose sheets these are: the person's, and what the browser holds from before signing in."""
    cookies: Cookies = request.app.state.cookies
    person, known = request.state.person, cookies.read(request, VISITOR)
    mine = [person.key] if person else []
    return [*mine, *([f"visitor:{known}"] if known else [])]


def _key(request: Request, fields: Typed) -> UUID:
    """The key that the page gave its form; a new one where it was lost or made up."""
    held: Sheets = request.app.state.sheets
    try:
        return UUID(first(fields, SHEET))
    except ValueError:
        return held.blank().key
