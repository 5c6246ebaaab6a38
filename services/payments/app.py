"""Payments' HTTP process: what is due, what was paid, who receives it."""

from fastapi import FastAPI

from chassis.app import create_service, run
from chassis.clock import Clock
from chassis.database import Database
from chassis.unit_of_work import Works
from services.payments.desk import open_desk
from services.payments.routes import books, callbacks, figures, invoices, quotes
from services.payments.settings import Settings
from services.payments.teller import open_teller

ROUTERS = (quotes.router, invoices.router, callbacks.router, books.router, figures.router)


def create_app(
    settings: Settings | None = None,
    *,
    clock: Clock | None = None,
    database: Database | None = None,
) -> FastAPI:
    """The application; settings come from the environment unless they are given."""
    settings = settings or Settings()
    app = create_service(
        settings,
        ROUTERS,
        "Cornerpost payments",
        description="Quotes, invoices, payments, receipts and the double-entry ledger.",
        clock=clock,
        database=database,
    )
    works = Works(app.state.database.sessions)
    app.state.teller = open_teller(settings, open_desk(settings), works)
    return app


if __name__ == "__main__":
    run(create_app)
