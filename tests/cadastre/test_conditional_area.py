"""An area on a conditional place stands from the start and loses its condition when paid for."""

import pytest
from cadastre_ground import Register, asked, plot

from services.cadastre.store.application_areas import ApplicationAreas


def is_conditional(register: Register, application: object) -> bool:
    with register.database.sessions() as session:
        return ApplicationAreas(session).get(application).conditional  # type: ignore[arg-type]


@pytest.mark.parametrize("paid_first", [False, True])
def test_the_condition_falls_once_and_never_comes_back(
    register: Register, paid_first: bool
) -> None:
    entry = register.entry(asked(plot(9_000, 9_000 + 700 * paid_first)), conditional=True)
    paid = entry.model_copy(update={"conditional": False})
    first, then = (paid, entry) if paid_first else (entry, paid)
    application = register.enter(first)
    assert is_conditional(register, application) == (not paid_first)
    register.enter(then, application)
    assert not is_conditional(register, application)
