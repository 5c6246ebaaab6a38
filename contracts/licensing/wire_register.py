"""The public register on the wire: licences, and open applications as far as they are disclosed."""

from datetime import date, datetime
from decimal import Decimal

from contracts.licensing.language_figures import RegisterKind, RegisterState
from contracts.licensing.wire import View


class RegisterEntry(View):
    """A licence, or an open application by its place in the sequence.

    `since`: a licence's first instant, an application's lodgement. Of applications, members are
    None that the rulebook does not disclose; by default all but place, time and hectares.
    """

    kind: RegisterKind
    state: RegisterState
    since: datetime
    until: datetime | None
    code: str | None
    place: int | None
    holder: str | None
    licence_type: str | None
    minerals: list[str] | None
    office: str | None
    district: str | None
    hectares: Decimal | None


class RegisterPage(View):
    """`begins` and `ends` repeat the period asked for: entries whose `since` lies in it."""

    begins: date | None
    ends: date | None
    rows: list[RegisterEntry]
    next: str | None
    as_of: datetime
    training: bool
