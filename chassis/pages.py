"""Keyset pages: a list goes on after the last thing seen, whatever was added since."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Depends, Query

from kernel.problems import Malformed

LIMIT: Final = 50
LARGEST: Final = 500


class NotAPage(Malformed):
    """`after` must be the `next` of an earlier page."""

    title = "There is no such page"


@dataclass(frozen=True, slots=True)
class PageWanted:
    """`after`: the sort key of the last row of the page before, or None for the first page."""

    after: tuple[Any, ...] | None
    limit: int

    def place(self, *kinds: Callable[[Any], object]) -> tuple[Any, ...] | None:
        """The members of `after`, each read by its kind; None for the first page. Raises NotAPage.

        A kind raises ValueError or TypeError for what is no key of its list.
        """
        if self.after is None:
            return None
        try:
            return tuple(kind(one) for kind, one in zip(kinds, self.after, strict=True))
        except (ValueError, TypeError, AttributeError, OverflowError) as strange:
            raise NotAPage("Use the `next` of an earlier page") from strange

    def following(self, keys: Sequence[tuple[Any, ...]]) -> str | None:
        """The `next` of a page, from the sort keys of `limit + 1` fetched rows; None at the end."""
        return next_page(keys[self.limit - 1]) if len(keys) > self.limit else None


def next_page(key: tuple[Any, ...]) -> str:
    """Spell a sort key (numbers and text; instants and ids as text) for `next`."""
    plain = [one if isinstance(one, int) or one is None else str(one) for one in key]
    text = json.dumps(plain, separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def page_wanted(
    after: Annotated[str | None, Query(max_length=1000)] = None,
    limit: Annotated[int, Query(ge=1, le=LARGEST)] = LIMIT,
) -> PageWanted:
    return page_at(after, limit)


def page_at(after: str | None, limit: int) -> PageWanted:
    """The page that goes on after `after`. Raises NotAPage."""
    if after is None:
        return PageWanted(None, limit)
    try:
        padded = after + "=" * (-len(after) % 4)
        key = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, RecursionError) as unreadable:
        raise NotAPage("Use the `next` of an earlier page") from unreadable
    if not isinstance(key, list) or not all(_is_plain(one) for one in key):
        raise NotAPage("Use the `next` of an earlier page")
    return PageWanted(tuple(key), limit)


def _is_plain(one: object) -> bool:
    if isinstance(one, str):
        return "\x00" not in one and one.isprintable()
    return one is None or (isinstance(one, int) and abs(one) < 1 << 63)


AtPage = Annotated[PageWanted, Depends(page_wanted)]


def after_number(page: PageWanted) -> int:
    """The number that the page before ended with; 0 for the first page. Raises NotAPage."""
    found = page.place(number)
    return 0 if found is None else int(found[0])


def after_text(page: PageWanted) -> str:
    """The text that the page before ended with; empty for the first page. Raises NotAPage."""
    found = page.place(words)
    return "" if found is None else str(found[0])


def after_id(page: PageWanted) -> UUID | None:
    """The id that the page before ended with; None for the first page. Raises NotAPage."""
    found = page.place(UUID)
    return None if found is None else found[0]


def after_instant(page: PageWanted) -> tuple[datetime, UUID] | None:
    """Instant and id of the last row before; None for the first page. Raises NotAPage."""
    found = page.place(instant, UUID)
    return None if found is None else (found[0], found[1])


def instant(spelled: str) -> datetime:
    """An instant of a sort key, with its zone. Raises ValueError and TypeError."""
    found = datetime.fromisoformat(spelled)
    if found.tzinfo is None:
        raise ValueError("An instant has a zone")
    return found.astimezone(UTC)


def number(one: object) -> int:
    """A number of a sort key. Raises TypeError."""
    if not isinstance(one, int):
        raise TypeError("This list goes by numbers")
    return one


def words(one: object) -> str:
    """A text of a sort key. Raises TypeError."""
    if not isinstance(one, str):
        raise TypeError("This list goes by texts")
    return one
