"""Copy an appointment: what licensing decided about an officer holds here from now on too."""

from chassis.unit_of_work import UnitOfWork
from contracts.procedures import Ack, AppointmentCopy
from kernel.authority import Power
from services.cadastre.store.appointments import keep_appointment

COPIED = "appointment.copied"


def copy_appointment(work: UnitOfWork, copy: AppointmentCopy) -> Ack:
    """Copies may arrive in any order: the highest version stays. An ended one ends now."""
    until = copy.until
    if copy.ended and (until is None or until > work.now):
        until = work.now
    known = {power.value for power in Power}
    kept = copy.model_copy(
        update={"until": until, "powers": sorted(p for p in copy.powers if p in known)}
    )
    if keep_appointment(work.session, kept):
        work.append(COPIED, copy.id, kept.model_dump(mode="json", exclude={"key"}))
    return Ack()
