"""The cadastre's worker: carries out what workflows ask of this service."""

from chassis.database import open_database
from chassis.unit_of_work import Works
from chassis.worker import run_worker
from services.cadastre.activities.areas import Areas
from services.cadastre.desk import Desk
from services.cadastre.settings import Settings


def main() -> None:
    settings = Settings()
    database = open_database(settings)
    areas = Areas(Works(database.sessions), Desk.open(settings))
    run_worker(settings, settings.service, areas.all(), database=database)


if __name__ == "__main__":
    main()
