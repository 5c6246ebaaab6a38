"""Statistics on the wire: each with its period and the formula by which it was counted."""

from datetime import date, datetime

from contracts.licensing.wire import View


class TimesRow(View):
    """Steps that ended in the period; days are experienced ones, of twenty-four hours."""

    step: str
    agency: str
    office: str
    licence_type: str
    month: date
    steps: int
    median_days: float
    p90_days: float
    late: int
    lapsed: int
    stopped_days: float


class Times(View):
    begins: date
    ends: date
    formula: str
    rows: list[TimesRow]
    as_of: datetime


class LedgerRow(View):
    """Where the days of cases lodged in the period went so far."""

    licence_type: str
    party: str
    cases: int
    days: float


class Ledger(View):
    begins: date
    ends: date
    formula: str
    rows: list[LedgerRow]
    as_of: datetime


class BacklogRow(View):
    """Steps that await an answer now, by how long they have been open."""

    office: str
    agency: str
    step: str
    open: int
    stopped: int
    overdue: int
    under_week: int
    under_month: int
    older: int
    oldest: datetime


class Backlog(View):
    formula: str
    rows: list[BacklogRow]
    as_of: datetime
