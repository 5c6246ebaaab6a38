"""Mapping: which entity stands in which table."""

from sqlalchemy.orm import registry

from services.cadastre.domain.application_area import ApplicationArea
from services.cadastre.domain.licence_area import LicenceArea
from services.cadastre.domain.zone import Zone
from services.cadastre.store import tables

mapper_registry = registry(metadata=tables.metadata)


def map_entities() -> None:
    """Map each entity once; a second call changes nothing."""
    if list(mapper_registry.mappers):
        return
    mapper_registry.map_imperatively(ApplicationArea, tables.application_area)
    mapper_registry.map_imperatively(LicenceArea, tables.licence_area)
    mapper_registry.map_imperatively(Zone, tables.zone)
