"""Verifying a code: what a buyer or a bank must know, said in one object that is then signed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from contracts.licensing.language_cases import LicenceStatus, Verdict
from kernel.log.leaf import instant
from services.licensing.domain.application import Application
from services.licensing.domain.licence import Json, Licence

NOT_KEPT: Final = ("disputes", "encumbrances", "pending-acts")


@dataclass(frozen=True, slots=True)
class Told:
    """Under which register, log head and instant the answer is given."""

    origin: str
    training: bool
    as_of: datetime
    size: int
    root: str

    def head(self) -> Json:
        return {
            "v": 1,
            "origin": self.origin,
            "training": self.training,
            "as_of": instant(self.as_of),
            "log": {"size": self.size, "root": self.root},
        }


def of_licence(licence: Licence, titles: dict[str, str], now: datetime) -> Json:
    """Genuine, and whether it is in force now. Members of `not_kept` are unknown to the register:
    it is silent about them, it does not deny them."""
    in_force = licence.in_force(now)
    return {
        "code": licence.code,
        "verdict": (Verdict.IN_FORCE if in_force else Verdict.NOT_IN_FORCE).value,
        "genuine": True,
        "in_force": in_force,
        "status": licence.status.value,
        "suspended": licence.status is LicenceStatus.SUSPENDED,
        "holder": licence.logged["holder"],
        "type": licence.licence_type,
        "titles": titles,
        "minerals": list(licence.minerals),
        "may_sell": in_force and licence.may_sell,
        "quantity_per_period": licence.quantity_per_period,
        "valid_from": instant(licence.valid_from),
        "valid_to": instant(licence.valid_to),
        "hectares": licence.logged["hectares"],
        "geometry_hash": licence.geometry_hash,
        "log_index": licence.log_index,
        "not_kept": list(NOT_KEPT),
    }


def of_application(application: Application) -> Json:
    """No licence: the file is under way, or it ended without one. Nothing else of it is told."""
    verdict = Verdict.IN_FORMALISATION if application.open else Verdict.NOT_LICENSED
    told: Json = {
        "code": application.code,
        "verdict": verdict.value,
        "genuine": False,
        "in_force": False,
        "in_formalisation": application.open,
        "may_sell": False,
    }
    return told | ({"licence": application.licence_code} if application.licence_code else {})


def of_nothing(asked: str) -> Json:
    """A code of the right form that this register never gave out."""
    return {
        "code": asked,
        "verdict": Verdict.UNKNOWN.value,
        "genuine": False,
        "in_force": False,
        "may_sell": False,
    }
