"""Days and instants as people send them: of the centuries that a calendar can reckon with.

Whoever means "no end known" leaves the end away; the year 9999 is no such word.
"""

from datetime import UTC, date, datetime
from typing import Annotated, Final

from pydantic import AwareDatetime, Field

FIRST: Final = date(1900, 1, 1)
LAST: Final = date(2200, 1, 1)  # the first day without

Day = Annotated[date, Field(ge=FIRST, lt=LAST)]
Instant = Annotated[
    AwareDatetime,
    Field(ge=datetime(FIRST.year, 1, 1, tzinfo=UTC), lt=datetime(LAST.year, 1, 1, tzinfo=UTC)),
]
