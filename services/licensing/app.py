"""Licensing's HTTP process: who asked, who decided, who holds."""

from fastapi import FastAPI

from chassis.app import create_service, run
from chassis.clock import Clock
from chassis.database import Database
from services.licensing.desk import open_desk
from services.licensing.gateways.keycloak import officer_accounts
from services.licensing.routes import (
    applications,
    appointments,
    cases,
    documents,
    licences,
    parties,
    register,
    statistics,
    steps,
    track,
)
from services.licensing.settings import Settings

ROUTERS = (
    parties.router,
    applications.router,
    documents.router,
    track.router,
    steps.router,
    cases.router,
    licences.router,
    appointments.router,
    statistics.router,
    register.router,
)


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
        "Cornerpost licensing",
        description="Applications, their steps and decisions, licences and their verification.",
        clock=clock,
        database=database,
    )
    app.state.desk = open_desk(settings)
    app.state.accounts = officer_accounts(settings)
    return app


if __name__ == "__main__":
    run(create_app)
