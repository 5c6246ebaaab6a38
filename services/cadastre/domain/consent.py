"""Whose consent a grant asks for: those of zones that came later, and holders on the ground."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kernel.law.ground import Consequence, HitDetail, HitKind
from kernel.problems import Problem
from services.cadastre.domain.law import GroundLaw, Right
from services.cadastre.domain.meeting import MetLicence, MetZone

MOST_NAMED: Final = 3
"""Zones that the sentence of a refusal names; its facts hold the ids of all."""


class GroundForbidden(Problem):
    """A zone under the area forbids this licence type."""

    title = "A zone forbids this licence on part of the ground"


class ZoneConsentMissing(Problem):
    """A zone that came after the application asks for a consent which nobody has given."""

    title = "The consent that a newer zone asks for was not given"


class HolderConsentMissing(Problem):
    """The law lets this right lie on another's ground with its holder's consent only."""

    title = "The holder of a licence on this ground has not consented"


class NoConsentAsked(Problem):
    """No consent is to be recorded: the ground lies elsewhere, or the law asks for none."""

    title = "Neither this zone nor this licence asks for a consent to this application"


@dataclass(frozen=True, slots=True)
class ConsentAnswer:
    """An answer of those who consent to an application: for a zone, or as a licence's holder."""

    zone: str | None
    given: bool
    office: str
    reference: str
    at: datetime
    licence: str | None = None


def must_be_open(law: GroundLaw, licence_type: str, zones: Sequence[MetZone]) -> None:
    """Raise GroundForbidden, which names the zones that forbid the licence type."""
    closed = [z for z in zones if law.in_zone(z.kind, licence_type) is Consequence.FORBIDDEN]
    if closed:
        raise GroundForbidden(
            f"No such licence is granted in {named(closed)}", zones=[z.id for z in closed]
        )


def must_be_consented(
    law: GroundLaw,
    licence_type: str,
    zones: Sequence[MetZone],
    checked_at: datetime,
    answers: Mapping[str, ConsentAnswer],
) -> None:
    """Raise ZoneConsentMissing, which names the zones and who answers for them.

    Zones that had effect when the ground was checked were asked about in a step of the procedure.
    """
    lacking = [
        zone
        for zone in zones
        if asks_consent(law, licence_type, zone, checked_at) and not _given(answers.get(zone.id))
    ]
    if lacking:
        askers = sorted({law.consent_of(zone.kind) or "the lead office" for zone in lacking})
        refused = [zone.id for zone in lacking if zone.id in answers]
        raise ZoneConsentMissing(
            f"Since the ground was checked it has come to lie in {named(lacking)}; the consent "
            f"of {', '.join(askers)} was {'refused' if refused else 'not recorded'}",
            zones=[zone.id for zone in lacking],
            refused=refused,
            consent_of=askers,
        )


def asking_holders(
    law: GroundLaw, right: Right, licences: Sequence[MetLicence]
) -> list[MetLicence]:
    """The licences on the ground whose holders the law wants to have asked."""
    return [
        one
        for one in licences
        if law.when_meeting(right, Right(one.licence_type, tuple(one.minerals)))
        is Consequence.CONSENT
    ]


def must_be_consented_by_holders(
    law: GroundLaw,
    right: Right,
    licences: Sequence[MetLicence],
    answers: Mapping[str, ConsentAnswer],
) -> None:
    """Raise HolderConsentMissing; it names the licences as far as the rulebook tells of them."""
    asked = asking_holders(law, right, licences)
    lacking = [one for one in asked if not _given(answers.get(one.code))]
    if lacking:
        refused = any(one.code in answers for one in lacking)
        shown = [one.code for one in lacking] if law.tells(HitKind.LICENCE, HitDetail.REF) else []
        of = ", ".join(shown[:MOST_NAMED]) or f"{len(lacking)} licences"
        raise HolderConsentMissing(
            f"The consent of the holder of {of} was {'refused' if refused else 'not recorded'}",
            licences=shown,
            count=len(lacking),
        )


def asks_consent(
    law: GroundLaw, licence_type: str, zone: MetZone, checked_at: datetime
) -> bool:
    """Whether the zone asks for a consent that no step of the procedure can have asked for."""
    asks = law.in_zone(zone.kind, licence_type) is Consequence.CONSENT
    return asks and zone.effective > checked_at


def named(zones: Sequence[MetZone]) -> str:
    """The zones as a reader of the map finds them."""
    words = [f"{zone.name} ({zone.id})" for zone in zones[:MOST_NAMED]]
    more = len(zones) - len(words)
    return ", ".join(words) + (f" and {more} more zones" if more else "")


def _given(answer: ConsentAnswer | None) -> bool:
    return answer is not None and answer.given
