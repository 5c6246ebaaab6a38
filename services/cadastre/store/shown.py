"""What the public's map shows, said once: its tiles and its lists stand on the same conditions."""

from collections.abc import Iterable
from typing import Any

from services.cadastre.domain.law import Opened

LICENCES = (
    " from licence_area_version v join licence_area a on a.id = v.licence_area_id"
    " where upper_inf(v.recorded) and a.status = 'confirmed'"
)
IN_FORCE = " and v.valid @> cast(:at as timestamptz)"
IN_EFFECT = "tstzrange(z.since, z.until) @> cast(:at as timestamptz)"
ZONES = f" from zone z where z.status = 'approved' and {IN_EFFECT}"
APPLICATIONS = (
    " from application_area t join unnest("
    "cast(:hashes as text[]), cast(:types as text[]), cast(:wholly as boolean[]))"
    " as law (hash, licence_type, wholly)"
    " on law.hash = t.edition ->> 'hash' and law.licence_type = t.licence_type"
    " where t.ended_at is null"
)


def opened_words(opened: Iterable[Opened]) -> dict[str, list[Any]]:
    """As APPLICATIONS takes them; without any, no application is shown."""
    told = list(opened)
    return {
        "hashes": [one.edition for one in told],
        "types": [one.licence_type for one in told],
        "wholly": [one.wholly for one in told],
    }
