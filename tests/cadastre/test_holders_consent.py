"""A right that the law lets lie on another's ground with its holder's consent only."""

import pytest
from cadastre_ground import Register, asked, plot
from test_newer_zones import officer

from contracts.cadastre.wire import ConsentTold
from kernel.authority import Actor, NotAllowed
from services.cadastre.acts.record_consent import record_consent
from services.cadastre.domain.consent import HolderConsentMissing, NoConsentAsked

EAST = 40_000
MINES = officer("mines-north", "mines")


def two(register: Register, north: float) -> tuple[object, object, str]:
    """Sand applied for on free ground, then gold granted under it: (what, application, code)."""
    sand = asked(plot(EAST, north), minerals=["sand"])
    application = register.enter(sand)
    gold = asked(plot(EAST, north + 50))
    grant = register.grant(register.enter(gold), gold)
    register.confirm(grant)
    return sand, application, grant.licence_code


def answer(
    register: Register, application: object, licence: str, given: bool, who: Actor = MINES,
    office: str = "mines-north",
) -> None:
    told = ConsentTold(licence=licence, office=office, given=given, reference="Letter 7/2026")
    register.works.run(
        who, lambda work: record_consent(work, register.desk, application, told)
    )


def test_nothing_is_granted_on_a_holders_ground_until_the_holder_has_consented(
    register: Register,
) -> None:
    what, application, code = two(register, 0)
    with pytest.raises(HolderConsentMissing) as refusal:
        register.grant(application, what)
    assert refusal.value.facts == {"licences": [code], "count": 1}
    assert "was not recorded" in refusal.value.detail
    answer(register, application, code, given=False)
    with pytest.raises(HolderConsentMissing, match="was refused"):
        register.grant(application, what)
    answer(register, application, code, given=True)
    assert register.confirm(register.grant(application, what)).seq is not None


def test_ground_that_is_held_while_a_licence_is_made_out_counts_too(register: Register) -> None:
    sand = asked(plot(EAST, 2_000), minerals=["sand"])
    application = register.enter(sand)
    gold = asked(plot(EAST, 2_050))
    register.grant(register.enter(gold), gold)
    with pytest.raises(HolderConsentMissing):
        register.grant(application, sand)


def test_a_right_that_respects_prior_rights_asks_nobody(register: Register) -> None:
    sand = asked(plot(EAST, 4_000), minerals=["sand"])
    register.confirm(register.grant(register.enter(sand), sand))
    gold = asked(plot(EAST, 4_050))
    assert register.confirm(register.grant(register.enter(gold), gold)).seq is not None


def test_a_consent_is_recorded_where_the_application_is_handled_and_asked_for(
    register: Register,
) -> None:
    _, application, code = two(register, 6_000)
    with pytest.raises(NotAllowed):
        answer(register, application, code, True, officer(), "council-riverside")
    with pytest.raises(NoConsentAsked):
        answer(register, application, "AMP-2026-999999-X", True)
    elsewhere = register.enter(asked(plot(EAST, 9_000), minerals=["sand"]))
    with pytest.raises(NoConsentAsked):
        answer(register, elsewhere, code, True)


@pytest.mark.parametrize("named", [{}, {"zone": "z1", "licence": "X"}])
def test_a_consent_is_for_a_zone_or_for_a_licence(named: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="either a zone or a licence"):
        ConsentTold(office="mines-north", given=True, reference="x", **named)
