"""The cadastre's words: what state ground is in."""

from enum import StrEnum


class ApplicationAreaStatus(StrEnum):
    """Where asked ground stands. `displaced`: an earlier application asks for part of it."""

    STANDING = "standing"
    DISPLACED = "displaced"
    GRANTED = "granted"
    RELEASED = "released"


class LicenceAreaStatus(StrEnum):
    """`pending`: holds its ground while the licence is issued; nobody is shown it yet."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


class ZoneStatus(StrEnum):
    """A zone has effect from its second signature on."""

    PROPOSED = "proposed"
    APPROVED = "approved"


class MapLayer(StrEnum):
    """What the public's map shows; `applications`: those whose shape the law shows to everybody."""

    LICENCES = "licences"
    APPLICATIONS = "applications"
    ZONES = "zones"
