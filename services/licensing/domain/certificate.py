"""A certificate: what stands on the sheet, in which words, and what its QR code claims."""

from dataclasses import dataclass
from typing import Final

from kernel.calendar import Calendar
from kernel.law.editions import Edition
from services.licensing.domain.licence import Json, Licence

CLAIMED: Final = (
    "origin",
    "training",
    "licence",
    "holder",
    "type",
    "minerals",
    "valid_from",
    "valid_to",
    "hectares",
    "geometry_hash",
    "may_sell",
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the sheet: the words in English, then those of the country, and the value."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is printed. `qr` is the text of the code; `titles` the right's name by language."""

    country: str
    office: str
    code: str
    title: str
    titles: tuple[str, ...]
    lines: tuple[Line, ...]
    qr: str
    verify_at: str
    training: bool
    article: str


def claims_of(licence: Licence) -> Json:
    """What the QR code says: equal, member by member, to what the log committed to."""
    claims: Json = {name: licence.logged[name] for name in CLAIMED if name in licence.logged}
    return claims | {"log_index": licence.log_index}


def sheet_of(licence: Licence, edition: Edition, calendar: Calendar, qr: str) -> Sheet:
    """The sheet of a licence, dated on the local calendar."""
    rule = edition.licence_type(licence.licence_type)
    rules = edition.rules
    words = rules.texts[rule.title]
    minerals = [edition.text(edition.mineral(one).title) for one in licence.minerals]
    lines = [
        Line("Number", licence.code),
        Line("Holder", str(licence.logged["holder"])),
        Line("Minerals", ", ".join(minerals)),
        Line("Valid from", calendar.local(licence.valid_from).strftime("%d %B %Y")),
        Line("Valid until", calendar.local(licence.valid_to).strftime("%d %B %Y")),
    ]
    if licence.hectares is not None:
        lines.append(Line("Area", f"{licence.logged['hectares']} hectares"))
    if licence.zone is not None:
        lines.append(Line("Zone", licence.zone))
    lines.append(Line("May sell minerals", "Yes" if licence.may_sell else "No"))
    if licence.quantity_per_period is not None:
        lines.append(Line("At most", licence.quantity_per_period))
    lines += [
        Line("Application", str(licence.logged["application"])),
        Line("Entry in the public log", str(licence.log_index)),
    ]
    if licence.geometry_hash is not None:
        lines.append(Line("Ground (SHA-256)", licence.geometry_hash))
    return Sheet(
        country=edition.text(rules.country.title),
        office=edition.text(edition.office(licence.office).title),
        code=licence.code,
        title=edition.text(rule.title),
        titles=tuple(words[lang] for lang in rules.country.languages[1:] if lang in words),
        lines=tuple(lines),
        qr=qr,
        verify_at=qr.partition("#")[0],
        training=licence.logged["training"] is True,
        article=edition.article(rule.article).cites,
    )
