"""JSON Schema of the rulebook's files, so that editors help while a law is being written."""

from typing import Final

from kernel.law.procedure import LicenceType
from kernel.law.schema import Rules
from kernel.law.source import LICENCE_TYPES
from kernel.law.training import Training

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, dict[str, object]]:
    """File in `rulebooks/schema/` to schema; an edition's files each hold some members."""
    edition = Rules.model_json_schema()
    edition["properties"].pop(LICENCE_TYPES)
    edition.pop("required")
    training = Training.model_json_schema()
    training["$defs"]["Power"].pop("description")  # it speaks to programmers
    found = {
        "edition.json": edition,
        "licence-type.json": LicenceType.model_json_schema(),
        "training.json": training,
    }
    return {name: {"$schema": DIALECT, **schema} for name, schema in found.items()}
