"""Where the law applies: country, legal plane, agencies, offices, jurisdictions, calendar."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from kernel.authority import Power
from kernel.law.words import (
    AgencyId,
    Day,
    Hour,
    Id,
    Language,
    OfficeId,
    Ring,
    Rule,
    Span,
    TextKey,
)


class Currency(Rule):
    """The currency that fees are due in."""

    code: Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")] = Field(
        description="Three capital letters, as in ISO 4217."
    )
    exponent: int = Field(ge=0, le=4, description="Decimals of the minor unit: 2 for cents.")


class Plane(Rule):
    """The plane in which ground is compared and measured: the one that decides in law."""

    crs: Annotated[str, StringConstraints(pattern=r"^EPSG:\d{4,6}$")] = Field(
        description="The projected coordinate system, in metres, such as EPSG:32736."
    )
    datum: str | None = Field(
        default=None,
        description="PROJ pipeline from WGS 84 where the law fixes the datum's parameters; "
        "None: the registry's own transformation.",
    )


class CountryRules(Rule):
    """The country itself."""

    id: Id = Field(description="The country's id: the name of its folder.")
    title: TextKey = Field(description="Text: the country's name.")
    currency: Currency = Field(description="What fees are paid in.")
    languages: tuple[Language, ...] = Field(
        min_length=1, description="Languages of every text, the official one first (ISO 639-1)."
    )
    plane: Plane = Field(description="The legal plane.")
    time_zone: str = Field(description="IANA name, for people to read; the offset is what counts.")
    utc_offset_minutes: int = Field(
        ge=-840, le=840, description="Legal time's fixed offset from UTC, in minutes."
    )
    outline: tuple[Ring, ...] = Field(
        min_length=1, description="The land territory: rings of whole metres of the legal plane."
    )


class Agency(Rule):
    """An authority that answers steps through its offices."""

    id: Id = Field(description="The agency's id, the middle segment of its Keycloak groups.")
    title: TextKey = Field(description="Text: the agency's name.")
    covers_country: bool = Field(
        default=True,
        description="Its offices' jurisdictions must cover the outline exactly once (checked).",
    )
    national_powers: tuple[Power, ...] = Field(
        default=(),
        description="Which of the powers that reach through the whole country its offices give: "
        "propose-calendar, approve-calendar, read-statistics, read-ledger, audit.",
    )


class Office(Rule):
    """A place where an agency's officers decide, with the ground it decides for."""

    id: Id = Field(description="Unique in the country; the last segment of its Keycloak group.")
    agency: AgencyId = Field(description="The agency it belongs to.")
    title: TextKey = Field(description="Text: the office's name.")
    email: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[a-z]+$")] = Field(
        description="Where notices to the office go."
    )
    phone: Annotated[str, StringConstraints(pattern=r"^\+\d{7,15}$")] = Field(
        description="For people to call, in E.164."
    )
    address: str = Field(description="Where people can go.")
    jurisdiction: tuple[Ring, ...] = Field(
        min_length=1,
        description="Rings of whole metres of the legal plane; offices of one agency that adjoin "
        "share their corners.",
    )
    escalates_to: OfficeId | None = Field(
        default=None, description="The office of the same agency that takes over after silence."
    )


class District(Rule):
    """A district by its name: decides the offices where no ground does (residence, business)."""

    id: Id = Field(description="The district's id.")
    title: TextKey = Field(description="Text: the district's name.")
    offices: dict[AgencyId, OfficeId] = Field(
        description="Agency to the office that serves the district."
    )


class LeadOffice(StrEnum):
    """Which office leads when ground straddles jurisdictions; the others give their opinion."""

    LARGEST_SHARE = "largest-share"
    FIRST_CORNER = "first-corner"
    CENTROID = "centroid"


class Holiday(Rule):
    """A day on which no office works."""

    day: Day = Field(description="The date.")
    title: str = Field(description="What is kept.")


class YearlyHoliday(Rule):
    """A holiday on the same day of every year."""

    day: Annotated[str, StringConstraints(pattern=r"^\d\d-\d\d$")] = Field(
        description="Month and day, as in 12-25."
    )
    title: str = Field(description="What is kept.")


class HolidayLibrary(Rule):
    """Holidays reckoned by the `holidays` library, for feasts that move."""

    country: Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")] = Field(
        description="The library's country code."
    )
    subdivision: str | None = Field(default=None, description="The library's subdivision code.")
    only: tuple[str, ...] = Field(
        default=(), description="Take those whose name contains one of these words; none: all."
    )


class CalendarRules(Rule):
    """Working days and hours, from which an office's calendar is made."""

    weekend: tuple[Annotated[int, Field(ge=1, le=7)], ...] = Field(
        description="Days without work: Monday is 1, Sunday is 7."
    )
    cut_off: Hour | None = Field(
        default=None, description="Closing hour; what comes later counts for the next working day."
    )
    ends_on_working_day: bool = Field(
        default=False, description="Periods of calendar time that end on a day off end on the next."
    )
    outage_grace: Span = Field(description="How far a due time moves beyond an outage's end.")
    yearly: tuple[YearlyHoliday, ...] = Field(default=(), description="Holidays of every year.")
    dated: tuple[Holiday, ...] = Field(default=(), description="Holidays of one year, as gazetted.")
    library: HolidayLibrary | None = Field(
        default=None, description="Feasts that move, from the holidays library."
    )
    worked: tuple[Day, ...] = Field(
        default=(), description="Days that are worked although a rule above names them."
    )
    years: int = Field(
        default=12, ge=1, le=60, description="For how many years from its start holidays are made."
    )
    offices: dict[OfficeId, tuple[Holiday, ...]] = Field(
        default_factory=dict, description="Holidays that one office alone keeps."
    )
