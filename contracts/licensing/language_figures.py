"""Licensing's words for figures: what is counted, by what, and the formula in plain English.

A figure's value is a key that screens translate; its formula here is what the key stands for.
"""

from enum import StrEnum
from typing import Final


class Figure(StrEnum):
    """What is counted."""

    STEP_TIMES = "step-times"
    DAY_LEDGER = "day-ledger"
    BACKLOG = "backlog"
    PEOPLE = "people"
    LICENCES_IN_FORCE = "licences-in-force"
    PUBLISHED_TIMES = "published-times"


FORMULAS: Final = {
    Figure.STEP_TIMES: (
        "Steps that ended in the period, by the month in which they ended; days from opening to"
        " end, stopped time included; late: the time ran out at least once; within: it never did;"
        " lapsed: ended by silence"
    ),
    Figure.DAY_LEDGER: "Days of the day ledger of cases lodged in the period, summed by party",
    Figure.BACKLOG: (
        "Steps that are open or stopped now; age from their opening; overdue: due before"
    ),
    Figure.PEOPLE: (
        "Memberships of persons that are live today, in groups that hold a licence in force or have"
        " an application open; leaders: those among them whose role leads by the rulebook; holders:"
        " the parties themselves, groups counted apart"
    ),
    Figure.LICENCES_IN_FORCE: (
        "Licences in force now, and the hectares they were granted for; rights without ground have"
        " none"
    ),
    Figure.PUBLISHED_TIMES: (
        "Steps of offices whose answer was recorded in a calendar month that is over; days from"
        " opening to end; within: the time never ran out; fewer than five steps are not shown"
    ),
}


class TimesBy(StrEnum):
    """By what steps that ended are counted."""

    STEP = "step"
    AGENCY = "agency"
    OFFICE = "office"
    LICENCE_TYPE = "licence-type"
    MONTH = "month"
    NOTHING = "nothing"  # one line for all


class Age(StrEnum):
    """For how long something waits."""

    UNDER_WEEK = "under-week"
    UNDER_MONTH = "under-month"  # a week or more, less than thirty days
    OLDER = "older"


class Part(StrEnum):
    """As what a person counts."""

    MEMBER = "member"
    LEADER = "leader"
    HOLDER = "holder"


class Standing(StrEnum):
    """How a holder or a group stands in the register."""

    HOLDING = "holding"  # a licence in force
    APPLYING = "applying"  # none, but an open application


class RegisterKind(StrEnum):
    LICENCE = "licence"
    APPLICATION = "application"  # open ones only


class RegisterState(StrEnum):
    """How an entry of the register stands at the instant of the answer."""

    PENDING = "pending"
    NOT_BEGUN = "not-begun"
    IN_FORCE = "in-force"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    SURRENDERED = "surrendered"
    REVOKED = "revoked"
    FORFEITED = "forfeited"
    CONVERTED = "converted"
