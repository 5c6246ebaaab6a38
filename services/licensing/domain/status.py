"""What an application's status allows: the one table that acts enforce and screens read."""

from enum import StrEnum

from kernel.problems import Problem


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


CLOSED = frozenset({Status.GRANTED, Status.REFUSED, Status.WITHDRAWN, Status.LAPSED, Status.VOID})


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


_OPEN = frozenset(
    {
        Act.ADD_DOCUMENT,
        Act.DELIVER_PAPER,
        Act.CONFIRM_RECEIPT,
        Act.WITHDRAW_APPLICATION,
        Act.OPEN_STEP,
        Act.DECIDE_STEP,
        Act.REQUEST_INFORMATION,
        Act.GIVE_INFORMATION,
        Act.RECORD_VISIT,
        Act.HAND_OVER_STEP,
        Act.RECORD_PAPER_DECISION,
        Act.CONFIRM_PAPER_DECISION,
        Act.BEGIN_ISSUANCE,
        Act.CLOSE_CASE,
    }
)
ALLOWED: dict[Status, frozenset[Act]] = {
    Status.DRAFT: frozenset({Act.EDIT_DRAFT, Act.ADD_DOCUMENT, Act.LODGE_APPLICATION}),
    Status.LODGED: _OPEN,
    Status.ISSUING: frozenset({Act.RETURN_FROM_ISSUANCE, Act.ISSUE_LICENCE, Act.CLOSE_CASE}),
    Status.GRANTED: frozenset({Act.CLOSE_CASE}),
    Status.REFUSED: frozenset({Act.CLOSE_CASE}),
    Status.WITHDRAWN: frozenset({Act.CLOSE_CASE}),
    Status.LAPSED: frozenset({Act.CLOSE_CASE}),
    Status.VOID: frozenset({Act.CLOSE_CASE}),
}


class NotInThisStatus(Problem):
    """The act does not belong to the status that the application has now."""

    title = "The application is not in a status that allows this"


def must_allow(status: Status, act: Act) -> None:
    """Raise NotInThisStatus unless `ALLOWED` lists the act; the facts say what is allowed now."""
    if act not in ALLOWED[status]:
        raise NotInThisStatus(
            f"The application is {status.value}: {act.value.replace('_', ' ')} is not possible",
            state=status.value,
            allowed=sorted(a.value for a in ALLOWED[status]),
        )
