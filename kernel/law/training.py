"""What a training stack is filled with: officers, zones, known workings. It is no law."""

from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints, ValidationError

from kernel.authority import Power
from kernel.law.check import LISTED
from kernel.law.editions import Edition
from kernel.law.source import Fault, RulebookFaulty, plain, read
from kernel.law.walk import marked
from kernel.law.words import Day, Id, MineralId, OfficeId, Refers, Rule, ZoneKindId

FILE: Final = "training.yaml"

LonLat = tuple[
    Annotated[float, Field(ge=-180, le=180)],
    Annotated[float, Field(ge=-90, le=90)],
]


class TrainingAppointment(Rule):
    """What an officer may do at one office, from the stack's first day on."""

    office: OfficeId = Field(description="The office.")
    powers: tuple[Power, ...] = Field(min_length=1, description="The powers.")


class TrainingOfficer(Rule):
    """An invented officer: an account in the staff realm, with appointments."""

    username: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z.-]*$")] = Field(
        description="The account's name."
    )
    first_name: str = Field(description="First name.")
    last_name: str = Field(description="Last name.")
    roles: tuple[str, ...] = Field(description="Coarse roles in the token.")
    appointments: tuple[TrainingAppointment, ...] = Field(
        min_length=1, description="Offices and powers; the offices are the account's groups too."
    )


class Polygon(Rule):
    """A GeoJSON polygon in longitude and latitude (WGS 84); each ring ends where it begins."""

    type: Literal["Polygon"] = Field(description="Polygon.")
    coordinates: tuple[tuple[LonLat, ...], ...] = Field(min_length=1, description="Its rings.")


class TrainingZone(Rule):
    """A zone that a training stack begins with."""

    id: Id = Field(description="The zone's id.")
    kind: ZoneKindId = Field(description="Its kind.")
    name: str = Field(description="Its name.")
    instrument: str = Field(description="By what it was declared.")
    valid_from: Day = Field(description="From when.")
    valid_to: Day | None = Field(default=None, description="Until when; None: without an end.")
    geometry: Polygon = Field(description="Where it lies.")


class TrainingWorking(Rule):
    """A known working that a training stack begins with."""

    id: Id = Field(description="Its id.")
    name: str = Field(description="What people call it.")
    minerals: tuple[MineralId, ...] = Field(description="What is dug there.")
    since: Day = Field(description="Since when people have worked there.")
    source: str = Field(description="How it is known.")
    people: int = Field(ge=0, description="How many work there.")
    geometry: Polygon = Field(description="Where it lies.")


class Training(Rule):
    """The whole of it."""

    officers: tuple[TrainingOfficer, ...] = Field(description="Invented officers.")
    zones: tuple[TrainingZone, ...] = Field(description="Zones.")
    known_workings: tuple[TrainingWorking, ...] = Field(description="Known workings.")


def load_training(folder: Path, edition: Edition) -> Training:
    """Read `folder/<country>/training.yaml`; RulebookFaulty for what does not fit the edition."""
    country = edition.ref.country
    source = read(folder / country / FILE, f"{country}/{FILE}")
    try:
        training = Training.model_validate(plain(source.root))
    except ValidationError as refused:
        faults = [source.fault(e["loc"], e["msg"]) for e in refused.errors()]
        raise RulebookFaulty(faults) from refused
    defined = {name: {thing.id for thing in getattr(edition.rules, name)} for name in LISTED}
    dangling: list[Fault] = [
        source.fault(path, f"{value} is not defined in {mark.to}")
        for path, value, mark in marked(training)
        if isinstance(mark, Refers) and value not in defined[mark.to]
    ]
    if dangling:
        raise RulebookFaulty(dangling)
    return training
