"""Where a page goes on: the sort keys of payments' lists, as their `next` spells them."""

from datetime import datetime
from uuid import UUID

from chassis.pages import PageWanted
from kernel.problems import NotFound


class NoSuchPage(NotFound):
    """`after` is no `next` of this list."""

    title = "There is no such page"


def at_instant(page: PageWanted) -> tuple[datetime, UUID] | None:
    """The sort key of lists that go by instant and id. Raises NoSuchPage."""
    if page.after is None:
        return None
    try:
        at, number = page.after
        return datetime.fromisoformat(str(at)), UUID(str(number))
    except ValueError as strange:
        raise NoSuchPage("Use the `next` of an earlier page of this list") from strange


def at_number(page: PageWanted) -> int:
    """The sort key of lists that go by number. Raises NoSuchPage."""
    if page.after is None:
        return 0
    if len(page.after) != 1 or not isinstance(page.after[0], int):
        raise NoSuchPage("Use the `next` of an earlier page of this list")
    return page.after[0]
