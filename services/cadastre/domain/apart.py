"""Which rights are kept apart on one ground, where several editions have something to say."""

from collections.abc import Iterable

from kernel.law.ground import Consequence
from services.cadastre.domain.law import GroundLaw, Right


def kept_apart(laws: Iterable[GroundLaw], one: Right, other: Right) -> bool:
    """Whether an edition forbids the two on one ground: the strictest of them counts.

    An edition that does not know both rights says nothing of them. Where none knows both, nobody
    allowed it, and they are kept apart.
    """
    judging = [law for law in laws if law.knows(one) and law.knows(other)]
    if not judging:
        return True
    return any(law.when_meeting(one, other) is Consequence.FORBIDDEN for law in judging)
