"""An application that lost its place goes behind its juniors, and the register ends as if it had
come last."""

from uuid import UUID

from cadastre_ground import WORK, Register, asked, plot

from chassis.journal import events_between
from chassis.unit_of_work import UnitOfWork
from contracts.procedures import Ack
from kernel.facts import AREA_DISPLACED, AREA_ENTERED, AREA_FREED
from services.cadastre.acts.move_application_area import move_application_area
from services.cadastre.store.application_areas import ApplicationAreas

EAST = 30_000


def move(register: Register, application: UUID, seq: int) -> int | None:
    def act(work: UnitOfWork) -> Ack:
        known = ApplicationAreas(work.session).get(application)
        return move_application_area(work, register.desk, known, seq)

    return register.works.run(WORK, act).seq


def stands(register: Register, *applications: UUID) -> list[tuple[str, list[UUID]]]:
    """Each area's status, and who displaces it."""
    with register.database.sessions() as session:
        areas = ApplicationAreas(session)
        return [
            (areas.get(one).status.value, [taken.senior for taken in areas.seniors(one)])
            for one in applications
        ]


def heard(register: Register, application: UUID) -> list[str]:
    with register.works.open(WORK) as work:
        return [event.name for event in events_between(work.session, application)]


def test_who_lost_the_place_is_displaced_by_its_former_juniors(register: Register) -> None:
    first, second, third = (
        register.enter(asked(plot(EAST, north))) for north in (0, 150, 1_000)
    )
    assert stands(register, first, second, third) == [
        ("standing", []), ("displaced", [first]), ("standing", [])
    ]
    assert move(register, first, next(register.places)) is not None
    assert stands(register, first, second, third) == [
        ("displaced", [second]), ("standing", []), ("standing", [])
    ]
    assert heard(register, second)[-1] == AREA_FREED
    assert heard(register, first) == [AREA_ENTERED, AREA_ENTERED, AREA_DISPLACED]
    assert heard(register, third) == [AREA_ENTERED]


def test_a_junior_that_another_senior_displaces_is_not_called_free(register: Register) -> None:
    first, second, third = (
        register.enter(asked(plot(EAST, north))) for north in (3_000, 3_010, 3_100)
    )
    move(register, first, next(register.places))
    assert stands(register, first, second, third) == [
        ("displaced", [second, third]), ("standing", []), ("displaced", [second])
    ]
    assert AREA_FREED not in heard(register, third)


def test_a_place_that_is_not_later_or_an_area_released_moves_nothing(register: Register) -> None:
    seq = next(register.places)
    first = register.enter(asked(plot(EAST, 6_000)), seq=seq)
    second = register.enter(asked(plot(EAST, 6_100)))
    assert move(register, first, seq) is None
    register.release(second)
    assert move(register, second, next(register.places)) is None
    assert stands(register, first)[0] == ("standing", [])
    assert stands(register, second)[0][0] == "released"
