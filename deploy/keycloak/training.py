"""The officers of a training stack: who sits where in the example country, with which powers."""

import json
from pathlib import Path

from deploy.keycloak.people import Person
from deploy.keycloak.realms import Office
from kernel.authority import Power

OFFICERS = Path(__file__).with_name("training.json")


def training_people(listed: Path = OFFICERS) -> tuple[Person, ...]:
    """The people of the list; a username is `<post>.<office>`, such as `director.mines-north`."""
    document = json.loads(listed.read_text(encoding="utf-8"))
    people = []
    for row in document["people"]:
        agency, _, office = row["office"].partition("/")
        first, _, last = row["name"].partition(" ")
        post = document["posts"][row["post"]]
        people.append(Person(
            username=f"{row['post']}.{office}", first_name=first, last_name=last,
            offices=(Office(agency, office),), roles=tuple(post["roles"]),
            powers=tuple(Power(power) for power in post["powers"]),
        ))
    return tuple(people)
