"""Messages' HTTP process: who was told what, and the sign-in by phone."""

from fastapi import FastAPI

from chassis.app import create_service, run
from chassis.clock import Clock
from chassis.database import Database
from chassis.unit_of_work import Works
from services.messages.desk import open_desk
from services.messages.gateways.gateway import Texts
from services.messages.gateways.nowhere import texts_of
from services.messages.routes import (
    notices,
    phone,
    phone_description,
    phone_token,
    reports,
    subscribers,
)
from services.messages.settings import Settings

ROUTERS = (notices.router, reports.router, subscribers.router)
AT_ROOT = (phone.router, phone_token.router, phone_description.router)
FORMS = ("/phone/number", "/phone/again", "/phone/code", "/phone/token")


def create_app(
    settings: Settings | None = None,
    *,
    clock: Clock | None = None,
    database: Database | None = None,
    texts: Texts | None = None,
) -> FastAPI:
    """The application; settings come from the environment unless they are given."""
    settings = settings or Settings()
    app = create_service(
        settings,
        ROUTERS,
        "Cornerpost messages",
        description="Notices and their delivery, subscribers, and the sign-in by phone.",
        root_routers=AT_ROOT,
        forms=FORMS,
        clock=clock,
        database=database,
    )
    app.state.desk = open_desk(settings)
    app.state.works = Works(app.state.database.sessions)
    app.state.texts = texts or texts_of(settings)
    return app


if __name__ == "__main__":
    run(create_app)
