"""Writes first appointments down as the operator: a JSON list of them comes in."""

import getpass
import json
import sys

from chassis.database import open_database
from chassis.unit_of_work import Works
from kernel.authority import Actor, Power
from kernel.events import ActorKind
from services.licensing.acts.seed_appointments import Seed, seed_appointments
from services.licensing.desk import open_desk
from services.licensing.settings import Settings


def main() -> None:
    settings = Settings()
    seeds = [
        Seed(one["person"], one["office"], tuple(Power(power) for power in one["powers"]))
        for one in json.load(sys.stdin)
    ]
    operator = Actor(kind=ActorKind.OPERATOR, person=f"operator:{getpass.getuser()}")
    database, desk = open_database(settings), open_desk(settings)
    made = Works(database.sessions).run(
        operator, lambda work: seed_appointments(work, desk, seeds)
    )
    database.close()
    sys.stdout.write(f"{made} appointments written down\n")


if __name__ == "__main__":
    main()
