"""The people and things of one run of the story."""

from dataclasses import dataclass

from cli.demo_ring.casework import Case, Draft
from cli.demo_ring.ground import Place
from cli.demo_ring.people import Miner
from cli.demo_ring.ring import Ring
from cli.demo_story.telling import Teller
from contracts.licensing.wire_parties import PartyView


@dataclass(slots=True)
class Story:
    """What is known before the first line is told."""

    ring: Ring
    place: Place
    tell: Teller

    def service(self, service: str, path: str) -> str:
        return f"{self.ring.address(service)}/v1{path}"

    def told(self, miner: Miner, words: str) -> None:
        """Quote a text that reached a phone."""
        text = self.ring.text(miner.number, words)
        self.tell.fact(f'Text message to {miner.name}: "{text}"', self.phone(miner))

    def phone(self, miner: Miner) -> str:
        return f"{self.ring.address('telecom')}/phone/{miner.number}"


@dataclass(slots=True)
class Applying:
    """Two applicants with their drafts ready."""

    chair: Miner
    cooperative: PartyView
    draft: Draft
    rival: Miner
    rivals_draft: Draft


@dataclass(slots=True)
class Lodged:
    """Both have lodged, one second apart."""

    case: Case
    rivals: Case
