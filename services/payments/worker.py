"""Payments' worker: carries out what workflows ask for, and watches payments without callbacks."""

import os
import signal

from chassis.database import open_database
from chassis.process import wait_for_stack
from chassis.unit_of_work import Works
from chassis.worker import run_worker
from services.payments.activities.invoicing import Invoicing
from services.payments.desk import open_desk
from services.payments.paymaster import Paymaster
from services.payments.settings import Settings
from services.payments.teller import open_teller
from services.payments.watch import Watch


def main() -> None:
    """Run until SIGTERM."""
    settings = Settings()
    database = open_database(settings)
    teller = open_teller(settings, open_desk(settings), Works(database.sessions))
    does = Invoicing(teller)
    activities = (
        does.raise_invoice,
        does.retime_invoice,
        does.void_invoice,
        does.remind_invoice,
        does.expire_invoice,
        does.load_invoice,
        does.events_between,
        does.copy_appointment,
    )
    paymaster = Paymaster(teller.works, teller.desk, teller.providers)
    watch = Watch(teller, paymaster, broken=lambda: os.kill(os.getpid(), signal.SIGTERM))
    watch.ready = lambda: wait_for_stack(database, watch.stop.is_set)
    watch.start()
    try:
        run_worker(settings, settings.service, activities, database=database)
    finally:
        watch.end()
        teller.close()


if __name__ == "__main__":
    main()
