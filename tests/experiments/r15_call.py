"""One creating POST of R15: whom it comes from, and what else could be meant by its key."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.experiments.r15_doors import Doors

Headers = dict[str, str]


@dataclass(frozen=True, slots=True)
class Call:
    """`other`: a body that differs and could be meant; `stranger`: somebody else with the key."""

    path: str
    who: Headers
    stranger: Headers
    body: Any = None
    other: Any = field(default_factory=lambda: {"other": 1})
    headers: Headers = field(default_factory=dict)


Make = Callable[[Doors], Call]
