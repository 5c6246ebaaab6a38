"""Nobody is made one who decides before Keycloak has shown an enrolled second factor."""

from collections.abc import Iterator
from typing import Any

import pytest
from accounts_of_tests import AccountsOfTests
from licensing_office import OfficeOfTests

from kernel.authority import WITH_SECOND_FACTOR, Actor, Power
from kernel.events import ActorKind
from services.licensing.acts.seed_appointments import Seed, seed_appointments
from services.licensing.domain.second_factor import FactorSeen, SecondFactorMissing

BOTH = (Power.PROPOSE_APPOINTMENT, Power.APPROVE_APPOINTMENT)
OPERATOR = Actor(kind=ActorKind.OPERATOR, person="operator:installer")
OTP = frozenset({"otp"})


@pytest.fixture
def accounts(office: OfficeOfTests) -> Iterator[AccountsOfTests]:
    """Accounts of this test alone."""
    before = office.app.state.accounts
    office.app.state.accounts = AccountsOfTests()
    yield office.app.state.accounts
    office.app.state.accounts = before


def proposed(office: OfficeOfTests, sub: str, *powers: Power) -> str:
    body = {"person": f"staff:{sub}", "office": "mines-north", "powers": list(powers)}
    made = office.post(office.officer("mines-north", *BOTH), "/appointments", body)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def approve(office: OfficeOfTests, appointment: str, **headers: str) -> Any:
    second = office.officer("mines-north", *BOTH, sub="second")
    return office.post(second, f"/appointments/{appointment}/approval", **headers)


def slug(answer: Any) -> str:
    return str(answer.json()["type"]).rsplit(":", 1)[-1]


def status(office: OfficeOfTests, appointment: str) -> str:
    query = "select status from appointment_act where id = %s"
    return str(office.sql(query, appointment)[0][0])


@pytest.mark.parametrize("kind", ["without", "pending", "unknown"])
@pytest.mark.parametrize("power", sorted(WITH_SECOND_FACTOR))
def test_whoever_has_not_enrolled_is_not_made_a_decider(
    office: OfficeOfTests, accounts: AccountsOfTests, power: Power, kind: str
) -> None:
    getattr(accounts, kind).add("bare")
    made = proposed(office, "bare", Power.READ_CASES, power)
    refused = approve(office, made)
    assert (refused.status_code, slug(refused)) == (409, "second-factor-missing")
    assert status(office, made) == "proposed"
    assert office.sql("select 1 from appointment where id = %s", made) == []
    getattr(accounts, kind).clear()
    assert approve(office, made).status_code == 200


def test_powers_that_need_no_factor_ask_nobody(
    office: OfficeOfTests, accounts: AccountsOfTests
) -> None:
    accounts.away = True
    made = proposed(office, "reader", Power.READ_CASES, Power.RECORD_STEP)
    assert approve(office, made).status_code == 200
    assert accounts.asked == []


def test_with_keycloak_away_an_approval_is_to_be_tried_later_and_its_repeat_is_answered(
    office: OfficeOfTests, accounts: AccountsOfTests
) -> None:
    made, key = proposed(office, "decider", Power.DECIDE_STEP), {"Idempotency-Key": "k" * 20}
    accounts.away = True
    refused = approve(office, made, **key)
    assert (refused.status_code, slug(refused)) == (503, "try-later")
    assert refused.headers["Retry-After"]
    assert status(office, made) == "proposed"
    accounts.away = False
    done = approve(office, made, **key)
    assert done.status_code == 200
    accounts.away = True
    assert approve(office, made, **key).content == done.content


def test_where_no_keycloak_is_known_nobody_is_made_a_decider(
    office: OfficeOfTests, accounts: AccountsOfTests
) -> None:
    made = proposed(office, "unseen", Power.DECIDE_STEP)
    office.app.state.accounts = None
    assert approve(office, made).status_code == 503


def test_whoever_may_not_approve_has_keycloak_asked_nothing(
    office: OfficeOfTests, accounts: AccountsOfTests
) -> None:
    made = proposed(office, "other", Power.DECIDE_STEP)
    stranger = office.officer("mines-south", *BOTH)
    assert office.post(stranger, f"/appointments/{made}/approval").status_code == 403
    assert accounts.asked == []


def test_the_fact_says_what_was_seen(
    office: OfficeOfTests, accounts: AccountsOfTests
) -> None:
    made = proposed(office, "logged", Power.DECIDE_STEP)
    assert approve(office, made).status_code == 200
    told = [row[4] for row in office.journal(made) if row[1] == "appointment.approved"]
    assert [one["second_factors"] for one in told] == [["otp"]]


@pytest.mark.parametrize("seen", [None, FactorSeen("staff:another", OTP)])
def test_the_operator_seeds_no_decider_unseen(
    office: OfficeOfTests, seen: FactorSeen | None
) -> None:
    seed = Seed("staff:unseen-admin", "mines-east", BOTH, seen)
    with pytest.raises(SecondFactorMissing), office.works.open(OPERATOR) as work:
        seed_appointments(work, office.desk, [seed])
    assert office.sql("select 1 from appointment where person = 'staff:unseen-admin'") == []
