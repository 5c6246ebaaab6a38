"""Licensing's worker: carries out what workflows ask of this service."""

from collections.abc import Callable

from chassis.database import Database, open_database
from chassis.unit_of_work import Works
from chassis.worker import run_worker
from services.licensing.activities.confirming import Confirming
from services.licensing.desk import Desk, open_desk
from services.licensing.settings import Settings


def activities(database: Database, desk: Desk) -> list[Callable[..., object]]:
    """Every activity on the queue `licensing`."""
    works = Works(database.sessions)
    return Confirming(works, desk).all()


def main() -> None:
    settings = Settings()
    database = open_database(settings)
    desk = open_desk(settings)
    run_worker(settings, settings.service, activities(database, desk), database=database)


if __name__ == "__main__":
    main()
