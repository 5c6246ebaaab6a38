"""What figures, their rows and the register are filtered by; a figure and its rows take the same.

None asks for any, and `-` for what has no such office or district.
"""

from dataclasses import dataclass
from datetime import date

from contracts.asking import Asked
from contracts.licensing.language import Sex, StepStatus
from contracts.licensing.language_figures import (
    Age,
    Part,
    RegisterKind,
    RegisterState,
    Standing,
    TimesBy,
)
from kernel.law.procedure import HolderKind


@dataclass(frozen=True, slots=True, kw_only=True)
class StepsEndedAsked(Asked):
    """Steps that ended from `begins` on and before `ends`; the last year where neither is named.

    `month` is the first day of a local month, as the figure's lines name it. `by` is the figure's
    alone: what it is counted by.
    """

    begins: date | None = None
    ends: date | None = None
    by: tuple[TimesBy, ...] = ()
    step: str | None = None
    agency: str | None = None
    office: str | None = None
    licence_type: str | None = None
    month: date | None = None
    late: bool | None = None
    lapsed: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgersAsked(Asked):
    """Cases lodged from `begins` on and before `ends`; `party` as in the ledger."""

    begins: date | None = None
    ends: date | None = None
    licence_type: str | None = None
    office: str | None = None
    party: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BacklogAsked(Asked):
    """Steps that are open or stopped now."""

    step: str | None = None
    agency: str | None = None
    office: str | None = None
    licence_type: str | None = None
    state: StepStatus | None = None
    overdue: bool | None = None
    age: Age | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleAsked(Asked):
    """Members, leaders and holders of today."""

    part: Part | None = None
    standing: Standing | None = None
    party_kind: HolderKind | None = None
    sex: Sex | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InForceAsked(Asked):
    """Licences in force now; `authority` is an office of `agency`."""

    agency: str | None = None
    authority: str | None = None
    office: str | None = None
    district: str | None = None
    licence_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterAsked(Asked):
    """Entries of the register; `number` is a code or a place in the sequence of lodgements.

    `holder` are beginnings of words of the name. `begins` and `ends` bound an entry's beginning.
    """

    number: str | None = None
    holder: str | None = None
    kind: RegisterKind | None = None
    state: RegisterState | None = None
    licence_type: str | None = None
    mineral: str | None = None
    office: str | None = None
    district: str | None = None
    begins: date | None = None
    ends: date | None = None
