"""Refusals: what a service answers when a person asks for something the law or the register
forbids."""

from typing import ClassVar


class Problem(Exception):
    """A refusal a person can act on. Subclass it next to the rule that raises it.

    `detail` is a sentence for the person, `facts` are machine-readable members that are added to
    the
    problem document (RFC 9457, section 3.2). Neither may repeat hostile input or hold personal
    data.
    """

    status: ClassVar[int] = 409
    title: ClassVar[str] = "The request conflicts with the register"

    def __init__(self, detail: str, **facts: object) -> None:
        super().__init__(detail)
        self.detail, self.facts = detail, facts

    @classmethod
    def slug(cls) -> str:
        """`AreasOverlap` -> `areas-overlap`; stable, public, documented."""
        return "".join(f"-{c.lower()}" if c.isupper() else c for c in cls.__name__)[1:]


class NotSignedIn(Problem):
    """No valid token came with a request that needs one."""

    status = 401
    title = "Sign in first"


class NotAllowed(Problem):
    """The person is known, but may not do this here."""

    status = 403
    title = "You may not do this here"


class NotFound(Problem):
    """No such thing, or it belongs to somebody else: the answer is the same for both."""

    status = 404
    title = "There is no such thing, or it is not yours to see"


class Stale(Problem):
    """The page was older than the register (RFC 9110, If-Match); the facts hold the present
    state."""

    status = 412
    title = "Somebody changed this in the meantime"


class Malformed(Problem):
    """The request cannot be read as what it claims to be."""

    status = 422
    title = "The request is malformed"


class TooMany(Problem):
    """A rate limit was met; `retry_after` (seconds) is among the facts."""

    status = 429
    title = "Too many requests"


class TryLater(Problem):
    """The service is full or a part it needs is away; `retry_after` (seconds) is among the
    facts."""

    status = 503
    title = "Try again in a moment"
