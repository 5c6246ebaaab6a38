"""Licensing's worker: carries out what workflows ask of this service."""

from collections.abc import Callable

from chassis.database import Database, open_database
from chassis.files import DiskFiles, FileStore
from chassis.unit_of_work import Works
from chassis.worker import run_worker
from services.licensing.activities.appointments import AppointmentActivities
from services.licensing.activities.cases import CaseActivities
from services.licensing.activities.commands import CommandActivities
from services.licensing.activities.confirming import Confirming
from services.licensing.activities.issuance import IssuanceActivities
from services.licensing.desk import Desk, open_desk
from services.licensing.gateways.keycloak import OfficerAccounts, officer_accounts
from services.licensing.settings import Settings


def activities(
    database: Database, desk: Desk, files: FileStore, accounts: OfficerAccounts | None = None
) -> list[Callable[..., object]]:
    """Every activity on the queue `licensing`."""
    works = Works(database.sessions)
    return [
        *Confirming(works, desk).all(),
        *CommandActivities(works, desk).all(),
        *CaseActivities(works, desk).all(),
        *IssuanceActivities(works, desk, files).all(),
        *AppointmentActivities(works, accounts).all(),
    ]


def main() -> None:
    settings = Settings()
    database = open_database(settings)
    desk = open_desk(settings)
    files = DiskFiles(settings.files / settings.service)
    offered = activities(database, desk, files, officer_accounts(settings))
    run_worker(settings, settings.service, offered, database=database)


if __name__ == "__main__":
    main()
