"""Messages' worker: takes notices from workflows, and sends them."""

from chassis.database import open_database
from chassis.unit_of_work import Works
from chassis.worker import run_worker
from services.messages.activities.telling import Telling
from services.messages.desk import open_desk
from services.messages.dispatch import open_dispatch
from services.messages.settings import Settings


def main() -> None:
    """Run until SIGTERM."""
    settings = Settings()
    database, desk = open_database(settings), open_desk(settings)
    works = Works(database.sessions)
    dispatch = open_dispatch(works, desk)
    activities = Telling(works, desk, dispatch.wake).all()
    dispatch.start()
    try:
        run_worker(settings, settings.service, activities, database=database)
    finally:
        dispatch.end()


if __name__ == "__main__":
    main()
