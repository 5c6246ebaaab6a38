"""Licensing's words: the values that stand in its answers, its tables and its screens."""

from enum import StrEnum


class Status(StrEnum):
    """Where an application stands; the order of work inside `lodged` is the plan's."""

    DRAFT = "draft"
    LODGED = "lodged"
    ISSUING = "issuing"  # every step is done, the licence is being made
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    VOID = "void"  # the conditional place was not paid for: it never counted


class Act(StrEnum):
    """What can be done to an application; the value is the name of the act's file."""

    EDIT_DRAFT = "edit_draft"
    ADD_DOCUMENT = "add_document"
    LODGE_APPLICATION = "lodge_application"
    DELIVER_PAPER = "deliver_paper"
    CONFIRM_RECEIPT = "confirm_receipt"
    WITHDRAW_APPLICATION = "withdraw_application"
    OPEN_STEP = "open_step"
    DECIDE_STEP = "decide_step"
    REQUEST_INFORMATION = "request_information"
    GIVE_INFORMATION = "give_information"
    RECORD_VISIT = "record_visit"
    HAND_OVER_STEP = "hand_over_step"
    RECORD_PAPER_DECISION = "record_paper_decision"
    CONFIRM_PAPER_DECISION = "confirm_paper_decision"
    BEGIN_ISSUANCE = "begin_issuance"
    RETURN_FROM_ISSUANCE = "return_from_issuance"
    ISSUE_LICENCE = "issue_licence"
    CLOSE_CASE = "close_case"


class Origin(StrEnum):
    """By which way the filing entered the register (domain.md, lodgement)."""

    ONLINE = "online"
    COUNTER_SLIP = "counter-slip"
    OFFICE_DEVICE = "office-device"


class StepStatus(StrEnum):
    OPEN = "open"  # its time runs
    STOPPED = "stopped"  # its time stands still, a reply of the applicant is awaited
    DECIDED = "decided"
    LAPSED = "lapsed"  # ended by its silence rule
    CLOSED = "closed"  # the case ended first


class Outcome(StrEnum):
    APPROVED = "approved"
    REFUSED = "refused"
    DEEMED_APPROVED = "deemed-approved"
    DEEMED_REFUSED = "deemed-refused"
    UNPAID = "unpaid"


class Sex(StrEnum):
    FEMALE = "female"
    MALE = "male"
    UNKNOWN = "unknown"  # not told: people are not made to answer


class InterestKind(StrEnum):
    """Why somebody takes no part in deciding on a party's files."""

    MEMBER = "member"
    OWNER = "owner"
    RELATIVE = "relative"
    EMPLOYER = "employer"
    LENDER = "lender"
    OTHER = "other"


class PaperState(StrEnum):
    LODGED = "lodged"  # came with the application
    MISSING = "missing"  # curable or due later, awaited
    DELIVERED = "delivered"  # came afterwards


class ReceiptKind(StrEnum):
    CONDITIONAL = "conditional"  # the place counts only when it is paid for in time
    FINAL = "final"
