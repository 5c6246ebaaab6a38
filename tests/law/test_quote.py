"""What an act costs and who receives it, to the last minor unit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.law.editions import Edition
from kernel.law.fees import SplitMode
from kernel.law.quote import fee_lines, quote, split, split_mode

COOPERATIVE = {"party_kind": "cooperative", "members": 12, "women": 7, "minerals": ["gold"]}
PERSON = {"party_kind": "person", "minerals": ["gold"]}
HILLSIDE = {"offices": {"councils": "council-hillside"}}


def test_the_whole_cost_is_known_before_one_starts(law: Edition) -> None:
    facts = COOPERATIVE | {"hectares": "6.4012", "known_workings": 1}
    quoted = quote(law, "artisanal-permit", facts)
    assert [(fee.step, fee.fee, fee.minor, fee.currency) for fee in quoted] == [
        ("application-fee", "artisanal-application", 40_00, "EXD"),
        ("grant-fee", "artisanal-grant", 190_20, "EXD"),
    ]


def test_a_line_is_counted_by_the_hectare_and_rounded_to_the_coin(law: Edition) -> None:
    lines, total = fee_lines(law, "artisanal-grant", COOPERATIVE | {"hectares": "6.4012"})
    ground = next(line for line in lines if line.id == "ground")
    assert (ground.rate, ground.quantity, ground.minor) == (18_00, "6.4012", 115_20)  # 115.2216
    assert total == 60_00 + 115_20


def test_classes_of_holder_have_their_own_rate(law: Edition) -> None:
    hectares = {"hectares": "5"}
    _, cooperative = fee_lines(law, "artisanal-grant", COOPERATIVE | hectares)
    _, person = fee_lines(law, "artisanal-grant", PERSON | hectares)
    assert (cooperative, person) == (60_00 + 5 * 18_00, 60_00 + 5 * 24_00)


def test_a_line_can_hang_on_a_condition(law: Edition) -> None:
    without, less = fee_lines(law, "artisanal-grant", PERSON | {"hectares": "5"})
    with_it, more = fee_lines(
        law, "artisanal-grant", PERSON | {"hectares": "5", "known_workings": 2}
    )
    assert {line.id for line in with_it} - {line.id for line in without} == {"workings"}
    assert more - less == 15_00


@pytest.mark.parametrize(
    ("hectares", "total", "bound"),
    [("0.1", 90_00, "least"), ("1.25", 90_00, None), ("10", 300_00, None), ("20", 400_00, "most")],
)
def test_least_and_most_are_lines_of_their_own(
    law: Edition, hectares: str, total: int, bound: str | None
) -> None:
    lines, found = fee_lines(law, "artisanal-grant", PERSON | {"hectares": hectares})
    assert found == total == sum(line.minor for line in lines)
    assert [line.id for line in lines if line.id in ("least", "most")] == ([bound] if bound else [])


def test_units_and_members_are_counted(law: Edition) -> None:
    company = {"party_kind": "company", "units": 4, "hectares": "25", "minerals": ["gold"]}
    assert fee_lines(law, "small-scale-grant", company)[1] == 250_00 + 4 * 180_00
    assert fee_lines(law, "miners-card", COOPERATIVE)[1] == 12_00 + 12 * 2_50
    assert fee_lines(law, "miners-card", PERSON)[1] == 12_00


@given(st.integers(0, 10**12), st.sampled_from(["artisanal-grant", "buyers-grant", "miners-card"]))
def test_shares_add_up_exactly(law: Edition, total: int, fee: str) -> None:
    shares = split(law, fee, total)
    assert sum(share.minor for share in shares) == total
    for share in shares:
        assert abs(share.minor * 10_000 - total * share.basis_points) < 10_000


def test_a_council_s_share_goes_to_the_council_of_the_ground(law: Edition) -> None:
    shares = split(law, "artisanal-grant", 190_20, COOPERATIVE | HILLSIDE)
    assert {share.beneficiary: share.minor for share in shares} == {
        "treasury": 95_10,
        "council-hillside": 57_06,
        "community-fund": 38_04,
    }
    unplaced = split(law, "artisanal-grant", 190_20)
    assert [share.beneficiary for share in unplaced] == ["treasury", "council", "community-fund"]


def test_each_way_of_carrying_out_a_split_is_used(law: Edition) -> None:
    assert {split_mode(law, fee.id) for fee in law.rules.fees} == set(SplitMode)
