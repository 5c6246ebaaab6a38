"""Mapping: which entity stands in which table."""

from sqlalchemy.orm import registry

from services.cadastre.domain.application_area import ApplicationArea
from services.cadastre.domain.licence_area import LicenceArea
from services.cadastre.domain.zone import Zone
from services.cadastre.store import tables

mapper_registry = registry(metadata=tables.metadata)
RECKONED = ["web"]  # by the database, and read for tiles alone


def map_entities() -> None:
    """Map each entity once; a second call changes nothing."""
    if list(mapper_registry.mappers):
        return
    map_to = mapper_registry.map_imperatively
    map_to(ApplicationArea, tables.application_area, exclude_properties=RECKONED)
    map_to(LicenceArea, tables.licence_area)
    map_to(Zone, tables.zone, exclude_properties=RECKONED)
