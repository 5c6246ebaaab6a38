"""Writing appointments down: a leaf that commits to all of it, a fact, and who hears of it."""

from collections.abc import Sequence

from chassis.unit_of_work import UnitOfWork
from contracts.procedures import Tell
from kernel.log.canonical import JSON
from kernel.log.leaf import instant
from services.licensing.domain.appointment import OfficerAppointment


def tell_appointment(
    work: UnitOfWork,
    fact: str,
    appointment: OfficerAppointment,
    *,
    spread: bool,
    factors: Sequence[str] | None = None,
) -> None:
    """`spread`: its workflow copies it to the other services and to the accounts. `factors` are
    the kinds of second factor that were seen before powers that need one were given.
    """
    known: dict[str, JSON] = {
        "person": appointment.person,
        "agency": appointment.agency,
        "office": appointment.office,
        "powers": list(appointment.powers),
        "since": instant(appointment.since),
        "until": instant(appointment.until) if appointment.until else None,
        "proposed_by": appointment.proposed_by,
        "approved_by": appointment.approved_by,
        "ended_by": appointment.ended_by,
    }
    seen: dict[str, JSON] = {} if factors is None else {"second_factors": list(factors)}
    leaf = work.append(fact, appointment.id, known | seen)
    told = seen | {
        "office": appointment.office,
        "powers": list(appointment.powers),
        "state": appointment.status.value,
        "version": appointment.version,
    }
    tell = [Tell.appointment(appointment.id)] if spread else []
    work.record(appointment.id, fact, told, tell=tell, leaf=leaf)
