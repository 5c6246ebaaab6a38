"""What an application's status allows: the one table that acts enforce and screens read."""

from contracts.licensing.language import Act, Status
from kernel.problems import Problem

CLOSED = frozenset({Status.GRANTED, Status.REFUSED, Status.WITHDRAWN, Status.LAPSED, Status.VOID})


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
_OWED_PAPERS = frozenset({Act.ADD_DOCUMENT, Act.DELIVER_PAPER})
"""What is due later may come when the licence is there: the receipt promised its day."""

ALLOWED: dict[Status, frozenset[Act]] = {
    Status.DRAFT: frozenset({Act.EDIT_DRAFT, Act.ADD_DOCUMENT, Act.LODGE_APPLICATION}),
    Status.LODGED: _OPEN,
    Status.ISSUING: frozenset(
        {Act.RETURN_FROM_ISSUANCE, Act.ISSUE_LICENCE, Act.CLOSE_CASE, *_OWED_PAPERS}
    ),
    Status.GRANTED: frozenset({Act.CLOSE_CASE, *_OWED_PAPERS}),
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
