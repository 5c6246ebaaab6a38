"""Keyset pages: a list goes on after the last thing seen, whatever was added since."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

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
