"""The cadastre's HTTP process: which ground is whose, under which right."""

from fastapi import FastAPI

from chassis.app import create_service, run
from chassis.clock import Clock
from chassis.database import Database
from chassis.process import wait_for_stack
from chassis.unit_of_work import Works
from kernel.authority import clockwork
from services.cadastre.acts.seed_register import seed_register
from services.cadastre.desk import Desk
from services.cadastre.routes import areas, checks, tiles, underneath, zones
from services.cadastre.settings import Settings


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
        (checks.router(settings.checks_a_minute), areas.router, zones.router, underneath.router),
        "Cornerpost cadastre",
        description="Ground checks, application areas, licence areas, zones, jurisdictions, tiles.",
        root_routers=(tiles.router,),
        clock=clock,
        database=database,
    )
    app.state.desk = Desk.open(settings)
    return app


def seed(app: FastAPI) -> int:
    """Write offices and, on training stacks, zones and known workings that are not there yet."""
    wait_for_stack(app.state.database)
    works, desk = Works(app.state.database.sessions), app.state.desk
    return works.run(clockwork("cadastre"), lambda work: seed_register(work, desk))


def main() -> None:
    app = create_app()
    seed(app)
    run(lambda: app)


if __name__ == "__main__":
    main()
