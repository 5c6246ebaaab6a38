"""The schema of rulebooks explains itself, and the example country fits it."""

import json
from itertools import pairwise
from pathlib import Path

import jsonschema_rs
import pytest

from kernel.law.editions import Edition
from kernel.law.facts import CaseFacts
from kernel.law.json_schema import schemas
from kernel.law.schema import Rules
from kernel.law.source import plain, read
from kernel.law.training import Training, load_training
from kernel.law.words import Rule
from tests.law.conftest import NAME, RULEBOOKS

EXAMPLE = RULEBOOKS / "example"


def parts(rule: type[Rule], found: dict[str, type[Rule]] | None = None) -> dict[str, type[Rule]]:
    """Every kind of rule that can stand below one."""
    found = {} if found is None else found
    if rule.__name__ in found:
        return found
    found[rule.__name__] = rule
    for field in rule.model_fields.values():
        for word in words_of(field.annotation):
            parts(word, found)
    return found


def words_of(annotation: object) -> list[type[Rule]]:
    inner = getattr(annotation, "__args__", ())
    here = [annotation] if isinstance(annotation, type) and issubclass(annotation, Rule) else []
    return here + [word for argument in inner for word in words_of(argument)]


EVERY_PART = {
    name: part for root in (Rules, CaseFacts, Training) for name, part in parts(root).items()
}


@pytest.mark.parametrize("part", EVERY_PART.values(), ids=EVERY_PART)
def test_every_part_and_member_of_a_rulebook_says_what_it_is(part: type[Rule]) -> None:
    assert part.__doc__
    for name, field in part.model_fields.items():
        assert field.description, name
        assert field.description[-1] in ".:", f"{name}: a description is a sentence"


@pytest.mark.parametrize("part", EVERY_PART.values(), ids=EVERY_PART)
def test_no_part_of_a_rulebook_takes_what_it_does_not_know(part: type[Rule]) -> None:
    assert part.model_config["extra"] == "forbid"
    assert part.model_config["frozen"]


def test_the_published_json_schema_is_the_one_the_loader_uses() -> None:
    for name, schema in schemas().items():
        written = json.loads((RULEBOOKS / "schema" / name).read_text("utf-8"))
        assert written == schema, f"{name} is out of date: cornerpost rulebook schema"


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        *((path, "edition.json") for path in sorted((EXAMPLE / NAME).glob("*.yaml"))),
        *(
            (path, "licence-type.json")
            for path in sorted((EXAMPLE / NAME / "licence-types").glob("*.yaml"))
        ),
        (EXAMPLE / "training.yaml", "training.json"),
    ],
    ids=lambda value: value.stem if isinstance(value, Path) else value,
)
def test_every_file_of_the_example_fits_its_json_schema(path: Path, schema: str) -> None:
    validator = jsonschema_rs.Draft202012Validator(
        json.loads((RULEBOOKS / "schema" / schema).read_text("utf-8"))
    )
    found = plain(read(path, path.name).root)
    assert [str(error) for error in validator.iter_errors(found)] == []


def test_the_json_schema_refuses_a_member_nobody_knows() -> None:
    validator = jsonschema_rs.Draft202012Validator(schemas()["licence-type.json"])
    path = EXAMPLE / NAME / "licence-types" / "miners-card.yaml"
    found = plain(read(path, path.name).root)
    assert isinstance(found, dict)
    assert validator.is_valid(found)
    assert not validator.is_valid(found | {"colour": "green"})


def test_a_training_stack_s_people_and_places_fit_the_law(law: Edition) -> None:
    training = load_training(RULEBOOKS, law)
    offices = {a.office for officer in training.officers for a in officer.appointments}
    assert offices == {office.id for office in law.rules.offices}
    assert {zone.kind for zone in training.zones} == {kind.id for kind in law.rules.zone_kinds}
    assert training.known_workings
    for place in (*training.zones, *training.known_workings):
        ring = place.geometry.coordinates[0]
        assert ring[0] == ring[-1]
        assert sum(x * v - u * y for (x, y), (u, v) in pairwise(ring)) > 0
