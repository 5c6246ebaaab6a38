"""Licensing's words for what follows lodgement: answers, requests, licences, appointments."""

from enum import StrEnum


class DecisionForm(StrEnum):
    """How an answer came about."""

    DIRECT = "direct"  # by the officer, signed in
    PAPER = "paper"  # signed on paper, recorded by one person and confirmed by another
    DEEMED = "deemed"  # by silence


class RequestStatus(StrEnum):
    """Where a request for information stands."""

    OPEN = "open"
    GIVEN = "given"
    LAPSED = "lapsed"  # no reply in time: the office's clock runs on
    MOOT = "moot"  # the step was answered, or the case ended, before a reply came


class StopReason(StrEnum):
    """Why an office's clock stands still; the applicant is told."""

    PAPER_MISSING = "paper-missing"
    PAPER_UNCLEAR = "paper-unclear"
    GROUND_UNCLEAR = "ground-unclear"
    IDENTITY_UNCLEAR = "identity-unclear"
    CONSENT_MISSING = "consent-missing"
    OTHER = "other"


class NoteKind(StrEnum):
    """What an officer wrote down of work in the field."""

    VISIT = "visit"
    OCCUPANTS_NOTICE = "occupants-notice"
    HANDOVER = "handover"


class IssuanceStatus(StrEnum):
    REQUESTED = "requested"
    ISSUED = "issued"
    RETURNED = "returned"


class LicenceStatus(StrEnum):
    """Where a licence stands; whether it is in force also depends on its dates."""

    IN_FORCE = "in-force"
    SUSPENDED = "suspended"
    SURRENDERED = "surrendered"
    REVOKED = "revoked"
    FORFEITED = "forfeited"
    CONVERTED = "converted"


class AppointmentStatus(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    ENDED = "ended"


class CalendarChange(StrEnum):
    """What can be added to a calendar in mid-flight."""

    HOLIDAY = "holiday"
    SUSPENSION = "suspension"  # a moratorium: every clock stands still
    OUTAGE = "outage"  # the register, an office or a link was down


class Verdict(StrEnum):
    """What verifying a code comes to."""

    IN_FORCE = "in-force"
    NOT_IN_FORCE = "not-in-force"
    IN_FORMALISATION = "in-formalisation"  # no licence yet: an application is under way
    NOT_LICENSED = "not-licensed"  # an application that ended without a licence
    UNKNOWN = "unknown"  # no code of this register
