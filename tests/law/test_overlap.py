"""The overlap matrix and the exclusion layers say the same."""

from itertools import product

import pytest

from kernel.law.editions import Edition
from kernel.law.ground import Consequence
from kernel.law.overlap import exclusion_layers, mismatches, overlap_rule, zone_rule


def test_two_pairs_share_a_layer_exactly_when_overlap_is_forbidden(law: Edition) -> None:
    layers = exclusion_layers(law)
    assert layers
    for asked, other in product(layers, repeat=2):
        shared = set(layers[asked]) & set(layers[other])
        rule = overlap_rule(law, *asked, *other)
        assert bool(shared) is (rule.consequence is Consequence.FORBIDDEN), (asked, other)
    assert list(mismatches(law.rules)) == []


def test_types_without_ground_of_their_own_have_no_layer(law: Edition) -> None:
    kinds = {licence_type for licence_type, _ in exclusion_layers(law)}
    assert kinds == {"artisanal-permit", "small-scale-licence"}


@pytest.mark.parametrize(
    ("asked", "other", "consequence"),
    [
        (("artisanal-permit", "gold"), ("small-scale-licence", "copper"), "forbidden"),
        (("artisanal-permit", "sand"), ("small-scale-licence", "building-stone"), "forbidden"),
        (("artisanal-permit", "sand"), ("small-scale-licence", "gold"), "consent"),
        (("small-scale-licence", "gold"), ("artisanal-permit", "sand"), "respects-prior-rights"),
    ],
)
def test_the_first_rule_that_fits_decides(
    law: Edition, asked: tuple[str, str], other: tuple[str, str], consequence: str
) -> None:
    assert overlap_rule(law, *asked, *other).consequence == consequence


def test_a_zone_can_mean_something_else_for_one_licence_type(law: Edition) -> None:
    assert zone_rule(law, "small-scale-licence", "town") is Consequence.FORBIDDEN
    assert zone_rule(law, "artisanal-permit", "town") is Consequence.CONSENT
    assert zone_rule(law, "artisanal-permit", "asm") is Consequence.NONE
