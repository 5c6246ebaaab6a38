"""What a junior is told of its seniors: few words, however many came before it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from services.cadastre.domain.application_area import ApplicationArea

NEAREST: Final = 20
"""Seniors told by their place; of those further ahead only the number is told."""

Taker = tuple[int, Decimal]  # a senior's place in the sequence, and the hectares it shares


@dataclass(frozen=True, slots=True)
class Displaced:
    """A junior, what all its seniors leave of it, and the seniors that it is told of now."""

    junior: ApplicationArea
    net: Decimal
    takers: Sequence[Taker]

    def told(self) -> dict[str, Any]:
        """The fact: the nearest senior, and what those told of take (several: all seniors)."""
        nearest, hectares = max(self.takers)
        if len(self.takers) > 1:
            hectares = self.junior.hectares - self.net
        return {
            "by_seq": nearest,
            "hectares": str(hectares),
            "net_hectares": str(self.net),
            "count": len(self.takers),
            "seniors": told_of(self.takers),
        }


def told_of(takers: Sequence[Taker]) -> list[dict[str, Any]]:
    """The seniors nearest in the sequence, in its order."""
    nearest = sorted(takers)[-NEAREST:]
    return [{"seq": seq, "hectares": str(hectares)} for seq, hectares in nearest]
