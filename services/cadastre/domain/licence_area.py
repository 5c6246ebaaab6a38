"""The licence area: ground that a licence holds, from pending issue to confirmation."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.cadastre.language import LicenceAreaStatus
from kernel.problems import Problem


class AreaNotGranted(Problem):
    """No ground is held for this issuance, or it was given back."""

    title = "No ground is held for this issuance"


class AreaConfirmed(Problem):
    """A confirmed licence area is not withdrawn: a licence in force ends by an act of its own."""

    title = "The licence area was confirmed already"


@dataclass(eq=False, kw_only=True)
class LicenceArea:
    """Its shape and times stand in versions: nothing of them is overwritten."""

    id: UUID
    application_id: UUID
    issuance: UUID
    licence_code: str
    licence_type: str
    minerals: list[str]
    status: LicenceAreaStatus
    inherited: bool
    office: str
    edition: dict[str, str]
    granted_at: datetime
    confirmed_at: datetime | None = None
    withdrawn_at: datetime | None = None

    def confirm(self, now: datetime) -> None:
        """The licence was issued: the area is shown from now on. Raises AreaNotGranted."""
        if self.status is LicenceAreaStatus.WITHDRAWN:
            raise AreaNotGranted("The ground was given back before", code=self.licence_code)
        self.status, self.confirmed_at = LicenceAreaStatus.CONFIRMED, now

    def withdraw(self, now: datetime) -> None:
        """The licence could not be issued: the ground is free again. Raises AreaConfirmed."""
        if self.status is LicenceAreaStatus.CONFIRMED:
            raise AreaConfirmed("A licence stands on this ground", code=self.licence_code)
        self.status, self.withdrawn_at = LicenceAreaStatus.WITHDRAWN, now
