"""Statistics on the wire: each with its period, what is counted, and the formula in words.

A figure's rows are asked for with the same filter: the figure is what these rows add up to.
"""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from contracts.licensing.language import Sex, StepStatus
from contracts.licensing.language_figures import Figure, Part, Standing
from contracts.licensing.wire import View


class Counted(View):
    """What is counted. `figure` is a stable key, `formula` says in English what it stands for.

    `begins` and `ends` (the first day without) are local days; None: as of now. `training`: of a
    training stack, whose history may be generated.
    """

    figure: Figure
    formula: str
    begins: date | None = None
    ends: date | None = None
    as_of: datetime
    training: bool


class CountedRows(Counted):
    """A page of the rows of a figure; `next`: more follow."""

    next: str | None


class TimesRow(View):
    """Steps that ended in the period; days are experienced ones, of twenty-four hours.

    What it was not asked by is None. `within` + `late` = `steps`.
    """

    step: str | None
    agency: str | None
    office: str | None
    licence_type: str | None
    month: date | None
    steps: int
    median_days: float
    p90_days: float
    within: int
    within_share: float
    late: int
    lapsed: int
    stopped_days: float


class Times(Counted):
    rows: list[TimesRow]


class StepEnded(View):
    """A step that ended. `month` begins the local month in which it did."""

    code: str
    step: str
    round: int
    agency: str
    office: str
    licence_type: str
    month: date
    opened_at: datetime
    ended_at: datetime
    days: float
    stopped_days: float
    within: bool
    late: bool
    lapsed: bool
    application: UUID


class StepsEnded(CountedRows):
    rows: list[StepEnded]


class LedgerRow(View):
    """Where the days of cases lodged in the period went so far."""

    licence_type: str
    party: str
    cases: int
    days: float


class Ledger(Counted):
    rows: list[LedgerRow]


class CaseDays(View):
    """One party's part of one case so far."""

    code: str
    licence_type: str
    office: str
    party: str
    lodged_at: datetime
    days: float
    application: UUID


class CasesDays(CountedRows):
    rows: list[CaseDays]


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


class Backlog(Counted):
    rows: list[BacklogRow]


class StepWaiting(View):
    """A step that awaits an answer."""

    code: str
    step: str
    round: int
    agency: str
    office: str
    licence_type: str
    status: StepStatus
    opened_at: datetime
    due_at: datetime | None
    overdue: bool
    application: UUID


class StepsWaiting(CountedRows):
    rows: list[StepWaiting]


class PeopleRow(View):
    """People of one part; `unknown` did not say, `groups` are holders that are no persons.

    `women` + `men` + `unknown` + `groups` = `count`.
    """

    part: Part
    standing: Standing
    party_kind: str
    count: int
    women: int
    men: int
    unknown: int
    groups: int


class People(Counted):
    rows: list[PeopleRow]


class PersonCounted(View):
    """One that is counted, without a name. `party` is the group, or the holder itself."""

    id: UUID
    part: Part
    standing: Standing
    party: UUID
    party_kind: str
    sex: Sex | None
    role: str | None
    since: date | None


class PeopleCounted(CountedRows):
    rows: list[PersonCounted]


class InForceRow(View):
    """Licences in force: `authority` is the office of the agency asked for, by ground or district;
    None where the case names none."""

    authority: str | None
    office: str
    district: str | None
    licence_type: str
    licences: int
    hectares: Decimal


class InForce(Counted):
    agency: str | None
    rows: list[InForceRow]


class LicenceCounted(View):
    code: str
    holder: str
    authority: str | None
    office: str
    district: str | None
    licence_type: str
    hectares: Decimal | None
    valid_from: datetime
    valid_to: datetime


class LicencesCounted(CountedRows):
    agency: str | None
    rows: list[LicenceCounted]


class PublishedTimesRow(View):
    """One step at one office in one month. Fewer than five steps: `shown` is false and all else
    is None."""

    month: date
    step: str
    agency: str
    office: str
    shown: bool
    steps: int | None
    median_days: float | None
    p90_days: float | None
    within_share: float | None


class PublishedTimes(Counted):
    rows: list[PublishedTimesRow]
