"""Who somebody is: evidence as the rulebook lists it, and who may hold which right."""

import unicodedata
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal

from kernel.law.editions import Edition
from kernel.law.procedure import HolderKind, LicenceType
from kernel.problems import Problem
from services.licensing.domain.filing import Held
from services.licensing.domain.party import Party


class EvidenceNotKnown(Problem):
    """The rulebook does not know this kind of evidence; the facts list the kinds it knows."""

    title = "This kind of evidence is not accepted"


class EvidenceStands(Problem):
    """What was shown stays, and there is no room for more."""

    title = "This party has shown as much evidence as is kept"


class IdentityNotProven(Problem):
    """The party has not shown enough to prove who it is; the facts say what would be enough."""

    title = "Who the applicant is has not been proven"


class HolderNotAllowed(Problem):
    """The law does not let such a party hold this right."""

    title = "This kind of party cannot hold this licence type"


class HoldingLimitReached(Problem):
    """The holder has as many licences, or as much ground, as the law allows."""

    title = "The holder already has as much as the law allows"


class MineralNotAllowed(Problem):
    """The licence type does not cover a mineral that was named, or none was named."""

    title = "This licence type does not cover these minerals"


def identity_key(kind: str, number: str) -> str:
    """A number as it is compared: however it is spaced, hyphenated or written large or small."""
    plain = unicodedata.normalize("NFKC", number)
    return f"{kind}:{''.join(letter for letter in plain if letter.isalnum()).lower()}"


def identity_keys(evidence: Iterable[Mapping[str, str]]) -> list[str]:
    """One for each evidence that was shown."""
    return sorted({identity_key(one["kind"], one["number"]) for one in evidence})


def naming_keys(edition: Edition, party: Party) -> list[str]:
    """Those of evidence which names one holder only; who shares one is the same holder."""
    naming = {one.id for one in edition.rules.evidence if one.names_one}
    return identity_keys(one for one in party.evidence if one["kind"] in naming)


def must_know_evidence(edition: Edition, kinds: Iterable[str]) -> None:
    """Raise EvidenceNotKnown for a kind that the rulebook does not list."""
    known = {one.id for one in edition.rules.evidence}
    if unknown := sorted(set(kinds) - known):
        raise EvidenceNotKnown("The law does not list it", unknown=unknown, known=sorted(known))


def must_be_proven(edition: Edition, party: Party) -> None:
    """Raise IdentityNotProven unless one of the rulebook's lists for this kind of party is met."""
    shown = {one["kind"] for one in party.evidence}
    for rule in edition.rules.identity:
        if rule.party is HolderKind(party.kind):
            if any(set(enough) <= shown for enough in rule.any_of):
                return
            raise IdentityNotProven(
                f"Article {rule.article} wants one of these lists",
                any_of=[list(enough) for enough in rule.any_of],
                shown=sorted(shown),
                article=rule.article,
            )


def must_be_a_holder(licence: LicenceType, party: Party) -> None:
    """Raise HolderNotAllowed unless the licence type is open to this kind of party."""
    if party.kind not in licence.holders:
        raise HolderNotAllowed(
            f"A {party.kind.value} cannot hold this licence type",
            holders=[kind.value for kind in licence.holders],
            article=licence.article,
        )


def must_be_its_minerals(licence: LicenceType, minerals: Collection[str]) -> None:
    """Raise MineralNotAllowed unless at least one is named and the type covers all."""
    strange = sorted(set(minerals) - set(licence.minerals))
    if strange or not minerals:
        raise MineralNotAllowed(
            "Name minerals that this licence type covers",
            strange=strange,
            covered=list(licence.minerals),
            article=licence.article,
        )


def must_have_room(licence: LicenceType, held: Held, wanted: Decimal) -> None:
    """Raise HoldingLimitReached when one more licence of `wanted` hectares is too much.

    What was applied for before and is not decided counts as if it were held.
    """
    limit = licence.holdings
    if limit is None:
        return
    most = None if limit.hectares is None else Decimal(limit.hectares)
    after = held.hectares + held.pending_hectares + wanted
    too_many = limit.licences is not None and held.licences + held.pending + 1 > limit.licences
    too_large = most is not None and after > most
    if too_many or too_large:
        raise HoldingLimitReached(
            f"Article {limit.article} sets the limit",
            licences=limit.licences,
            hectares=limit.hectares,
            held=held.licences,
            pending=held.pending,
            hectares_after=str(after),
            article=limit.article,
        )
