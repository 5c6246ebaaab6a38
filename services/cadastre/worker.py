"""The cadastre's worker: carries out what workflows ask of this service, and sweeps old checks."""

import os
import signal

from chassis.database import open_database
from chassis.process import wait_for_stack
from chassis.unit_of_work import Works
from chassis.worker import run_worker
from services.cadastre.activities.areas import Areas
from services.cadastre.desk import Desk
from services.cadastre.settings import Settings
from services.cadastre.sweeping import Sweeping


def main() -> None:
    """Run until SIGTERM."""
    settings = Settings()
    database = open_database(settings)
    works = Works(database.sessions)
    areas = Areas(works, Desk.open(settings))
    sweeping = Sweeping(
        works,
        settings,
        ready=lambda: wait_for_stack(database, sweeping.stop.is_set),
        broken=lambda: os.kill(os.getpid(), signal.SIGTERM),
    )
    sweeping.start()
    try:
        run_worker(settings, settings.service, areas.all(), database=database)
    finally:
        sweeping.end()


if __name__ == "__main__":
    main()
