"""What may lie over what: the overlap matrix answered pair by pair, and as exclusion layers."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeAlias

from kernel.law.editions import Edition, NoSuchLaw
from kernel.law.ground import Consequence, OverlapRule, Selection
from kernel.law.plan import GroundRule
from kernel.law.schema import Rules

Pair: TypeAlias = tuple[str, str]  # licence type, mineral


class Mismatch(NamedTuple):
    """Two pairs whose layers and whose overlap rule say different things."""

    asked: Pair
    other: Pair
    shares: bool
    forbidden: bool


def overlap_rule(
    edition: Edition, asked_type: str, asked_mineral: str, other_type: str, other_mineral: str
) -> OverlapRule:
    """The first rule that fits ground asked for and ground that is there."""
    return _rule(edition.rules, (asked_type, asked_mineral), (other_type, other_mineral))


def exclusion_layers(edition: Edition) -> dict[Pair, list[str]]:
    """The layers in which the ground of each licence type and mineral is kept, by name.

    Two pairs share a layer exactly when overlap between them is forbidden outright (the loader
    checked it); a pair in no layer may overlap everything, under the rules' consequences.
    """
    return layers_of(edition.rules)


def may_ask_holders(edition: Edition, licence_type: str, minerals: Iterable[str]) -> bool:
    """Whether some ground that is there could ask for its holder's consent to such a right."""
    pairs = [(licence_type, mineral) for mineral in minerals]
    return any(
        rule.consequence is Consequence.CONSENT
        and any(_fits(edition.rules, rule.asked, pair) for pair in pairs)
        for rule in edition.rules.overlap
    )


def zone_rule(edition: Edition, licence_type: str, zone_kind: str) -> Consequence:
    """What follows when ground asked for under a licence type lies in a zone of that kind."""
    kind = edition.zone_kind(zone_kind)
    return kind.by_type.get(licence_type, kind.consequence)


def layers_of(rules: Rules) -> dict[Pair, list[str]]:
    """As `exclusion_layers`, for rules that are not an edition yet."""
    found: dict[Pair, set[str]] = {pair: set() for pair in _pairs(rules)}
    for rule in rules.overlap:
        if rule.layer is None:
            continue
        for pair in found:
            if _fits(rules, rule.asked, pair) or _fits(rules, rule.other, pair):
                found[pair].add(rule.layer)
    return {pair: sorted(names) for pair, names in found.items()}


def mismatches(rules: Rules) -> Iterator[Mismatch]:
    """Pairs that share a layer though they may overlap, or none though they may not."""
    layers = layers_of(rules)
    for asked, mine in layers.items():
        for other, theirs in layers.items():
            shares = bool(set(mine) & set(theirs))
            forbidden = _rule(rules, asked, other).consequence is Consequence.FORBIDDEN
            if shares is not forbidden:
                yield Mismatch(asked, other, shares, forbidden)


def _pairs(rules: Rules) -> Iterator[Pair]:
    for kind in rules.licence_types:
        if kind.ground.rule is GroundRule.EXCLUSIVE_AREA:
            yield from ((kind.id, mineral) for mineral in kind.minerals)


def _rule(rules: Rules, asked: Pair, other: Pair) -> OverlapRule:
    for rule in rules.overlap:
        if _fits(rules, rule.asked, asked) and _fits(rules, rule.other, other):
            return rule
    raise NoSuchLaw("No overlap rule fits this pair", kind="overlap")


def _fits(rules: Rules, selection: Selection, pair: Pair) -> bool:
    licence_type, mineral = pair
    if selection.types is not None and licence_type not in selection.types:
        return False
    if selection.minerals is None and selection.groups is None:
        return True
    if mineral in (selection.minerals or ()):
        return True
    group = next((known.group for known in rules.minerals if known.id == mineral), None)
    return group in (selection.groups or ())
