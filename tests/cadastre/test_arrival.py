"""Whatever order areas arrive in, the register ends in the same state."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from cadastre_ground import WORK, Register, asked, plot
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from chassis.journal import events_between
from kernel.facts import AREA_DISPLACED, AREA_ENTERED, AREA_FREED

SHAPES = {"west": (0, 0), "middle": (100, 0), "east": (200, 0), "apart": (100, 301)}


def state(register: Register, cases: dict[str, UUID]) -> dict[str, object]:
    names = {case: name for name, case in cases.items()}
    with register.works.open(WORK) as work:
        areas = work.session.execute(
            text("select application_id, status, hectares from application_area")
        )
        pairs = work.session.execute(text("select senior, junior, hectares from displacement"))
        found = {names[a]: (status, hectares) for a, status, hectares in areas if a in names}
        taken = {(names[s], names[j]): h for s, j, h in pairs if s in names}
        return {"areas": found, "pairs": taken}


@pytest.fixture(scope="module")
def spot() -> list[int]:
    return [0]


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(order=st.permutations(sorted(SHAPES)), released=st.sampled_from([None, *sorted(SHAPES)]))
def test_every_order_of_arrival_gives_the_same_state(
    register: Register, spot: list[int], order: list[str], released: str | None
) -> None:
    spot[0] += 400
    base = next(register.places) * 10 + 100_000
    cases = {name: uuid4() for name in SHAPES}
    entries = {
        name: register.entry(
            asked(plot(east + 3000, north + spot[0] * 2)), seq=base + sorted(SHAPES).index(name)
        )
        for name, (east, north) in SHAPES.items()
    }
    for name in order:
        register.enter(entries[name], cases[name])
    three, half = Decimal("6.0000"), Decimal("3.0000")
    displaced = {"apart": "standing", "east": "standing", "middle": "displaced"}
    expected = {name: (status, three) for name, status in displaced.items()}
    expected["west"] = ("displaced", three)
    pairs = {("east", "middle"): half, ("middle", "west"): half}
    if released is not None:
        register.release(cases[released])
        expected[released] = ("released", three)
        pairs = {key: value for key, value in pairs.items() if key[0] != released}
        for name in {"middle", "west"} - {released}:
            stands = not any(junior == name for _, junior in pairs)
            expected[name] = ("standing" if stands else "displaced", three)
    assert state(register, cases) == {"areas": expected, "pairs": pairs}


@pytest.mark.parametrize("junior_first", [True, False])
def test_a_junior_hears_of_its_senior_once_whoever_arrives_first(
    register: Register, junior_first: bool
) -> None:
    first, second = next(register.places), next(register.places)
    north = 1000 * junior_first
    entries = [
        register.entry(asked(plot(-1900, north)), seq=first),
        register.entry(asked(plot(-2000, north)), seq=second),
    ]
    cases = [uuid4(), uuid4()]
    senior, junior = cases
    for n in (1, 0) if junior_first else (0, 1):
        register.enter(entries[n], cases[n])
    with register.works.open(WORK) as work:
        heard = events_between(work.session, junior)
        assert [event.name for event in heard] == [AREA_ENTERED, AREA_DISPLACED]
        assert heard[1].payload == {
            "by_seq": first, "hectares": "3.0000", "net_hectares": "3.0000", "count": 1,
            "seniors": [{"seq": first, "hectares": "3.0000"}],
        }
        (entered,) = events_between(work.session, senior)
        assert entered.payload["junior_to"] == 0
        assert (entered.payload["displaces"], heard[0].payload["junior_to"]) == (
            (1, 0) if junior_first else (0, 1)
        )
        tells = work.session.scalars(text("select workflow_id from outbox order by id")).all()
    assert sorted(tells[-3:]) == sorted(
        [f"application:{junior}", f"application:{senior}", f"application:{junior}"]
    )


def test_a_junior_hears_that_its_ground_is_free_when_the_last_senior_is_gone(
    register: Register,
) -> None:
    first, second = (register.enter(asked(plot(-8000, n))) for n in (0, 10))
    third = register.enter(asked(plot(-8000, 100)))
    register.release(first)
    with register.works.open(WORK) as work:
        assert AREA_FREED not in [one.name for one in events_between(work.session, third)]
        freed = events_between(work.session, second)[-1]
        tells = work.session.scalars(text("select workflow_id from outbox order by id")).all()
    assert (freed.name, freed.payload["net_hectares"]) == (AREA_FREED, "6.0000")
    assert freed.payload["hectares"] == "5.8000"
    assert tells[-2:] == [f"application:{first}", f"application:{second}"]
    register.release(second)
    with register.works.open(WORK) as work:
        assert events_between(work.session, third)[-1].name == AREA_FREED


def test_an_area_entered_by_two_at_once_is_entered_once(register: Register) -> None:
    for n in range(8):
        entry, application = register.entry(asked(plot(-20_000, 700 * n))), uuid4()
        with ThreadPoolExecutor(4) as pool:
            done = [pool.submit(register.enter, entry, application) for _ in range(4)]
        assert [one.result() for one in done] == [application] * 4
        with register.works.open(WORK) as work:
            names = [event.name for event in events_between(work.session, application)]
        assert names == [AREA_ENTERED]


def test_entering_again_changes_nothing(register: Register) -> None:
    entry = register.entry(asked(plot(-4000)))
    case = register.enter(entry)
    register.enter(entry, case)
    with register.works.open(WORK) as work:
        assert len(events_between(work.session, case)) == 1


def test_a_third_party_of_another_layer_is_no_rival(register: Register) -> None:
    gold = register.enter(asked(plot(-6000)))
    sand = register.enter(asked(plot(-6000), minerals=["sand"]))
    with register.works.open(WORK) as work:
        found = work.session.execute(
            text("select status from application_area where application_id = any(:ids)"),
            {"ids": [gold, sand]},
        )
        assert {row.status for row in found} == {"standing"}
