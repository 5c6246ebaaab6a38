"""Maps the entities of what follows lodgement to their tables; called by `store.mapping`."""

from sqlalchemy.orm import registry

from services.licensing.domain.appointment import OfficerAppointment
from services.licensing.domain.calendar_entry import CalendarEntry
from services.licensing.domain.decision import Decision, PaperDecision
from services.licensing.domain.field import FieldNote, Scan
from services.licensing.domain.licence import Certificate, Issuance, Licence
from services.licensing.domain.request import InformationRequest
from services.licensing.store import case_tables as tables


def map_case_entities(mapper_registry: registry) -> None:
    """Map each entity of this half of the service."""
    to = mapper_registry.map_imperatively
    to(Decision, tables.decision)
    to(PaperDecision, tables.paper_decision)
    to(Scan, tables.scan)
    to(FieldNote, tables.field_note)
    to(InformationRequest, tables.information_request)
    to(Issuance, tables.issuance)
    to(Licence, tables.licence)
    to(Certificate, tables.certificate)
    to(OfficerAppointment, tables.appointment_act)
    to(CalendarEntry, tables.calendar_entry)
