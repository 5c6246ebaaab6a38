"""Who may see which notices, and stop which subscriber."""

from datetime import datetime
from typing import Final

from kernel.authority import Actor, Power, Realm
from kernel.problems import NotAllowed, NotFound
from services.messages.domain.notice import Notice

SEEING: Final = (Power.READ_CASES, Power.RECORD_STEP, Power.DECIDE_STEP, Power.ASSIST_AT_COUNTER)
EVERYWHERE: Final = (Power.AUDIT,)
STOPPING: Final = Power.ASSIST_AT_COUNTER


def sees_everything(actor: Actor, now: datetime) -> bool:
    return any(actor.holds(power, None, now) for power in EVERYWHERE)


def addressees_of(actor: Actor, now: datetime) -> list[str]:
    """As whom the actor is told: a person as oneself, an officer as the offices one works at."""
    if actor.realm is not Realm.STAFF:
        return [actor.person] if actor.person else []
    at = {
        (one.agency, one.office)
        for one in actor.appointments
        if any(actor.holds(power, one.office, now) for power in SEEING)
    }
    offices, agencies = {office for _, office in at}, {agency for agency, _ in at}
    return [f"office:{one}" for one in sorted(offices)] + [
        f"agency:{one}" for one in sorted(agencies)
    ]


def must_work_at(actor: Actor, office: str, now: datetime) -> None:
    """Raise NotAllowed unless the office is one's own, or everything may be seen."""
    if not sees_everything(actor, now) and f"office:{office}" not in addressees_of(actor, now):
        raise NotAllowed("This is another office's post", office=office)


def must_be_told(notice: Notice, actor: Actor, now: datetime) -> None:
    """Raise unless the notice was for the actor: NotFound for the public, NotAllowed for staff."""
    if notice.addressee in addressees_of(actor, now):
        return
    if actor.realm is Realm.STAFF:
        raise NotAllowed("This notice is for another office")
    raise NotFound("There is no such notice among yours")
