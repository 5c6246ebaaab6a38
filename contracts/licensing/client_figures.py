"""Licensing's figures, the rows they count, and the public register, as the portal calls them."""

from dataclasses import dataclass
from typing import Final

from contracts.asking import Asked, paged
from contracts.calling import Calling
from contracts.licensing import asked as ask
from contracts.licensing import wire_statistics as wire
from contracts.licensing.wire_register import RegisterPage

ANY_STEPS: Final = ask.StepsEndedAsked()
ANY_LEDGERS: Final = ask.LedgersAsked()
ANY_BACKLOG: Final = ask.BacklogAsked()
ANY_PEOPLE: Final = ask.PeopleAsked()
ANY_LICENCES: Final = ask.InForceAsked()
ANY_ENTRY: Final = ask.RegisterAsked()
PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class LicensingFigures:
    """Every method is one route. A figure and its rows take the same filter.

    `table` gives any of them as CSV; its path is the route's, such as `/statistics/times/rows`.
    """

    calling: Calling

    # for the ministry

    def times(self, of: ask.StepsEndedAsked = ANY_STEPS) -> wire.Times:
        return self.calling.get("/statistics/times", wire.Times, of.params())

    def steps_ended(
        self, of: ask.StepsEndedAsked = ANY_STEPS, after: str | None = None, limit: int = PAGE
    ) -> wire.StepsEnded:
        asked = paged(of, after, limit)
        return self.calling.get("/statistics/times/rows", wire.StepsEnded, asked)

    def ledger(self, of: ask.LedgersAsked = ANY_LEDGERS) -> wire.Ledger:
        return self.calling.get("/statistics/ledger", wire.Ledger, of.params())

    def cases_days(
        self, of: ask.LedgersAsked = ANY_LEDGERS, after: str | None = None, limit: int = PAGE
    ) -> wire.CasesDays:
        asked = paged(of, after, limit)
        return self.calling.get("/statistics/ledger/rows", wire.CasesDays, asked)

    def backlog(self, of: ask.BacklogAsked = ANY_BACKLOG) -> wire.Backlog:
        return self.calling.get("/statistics/backlog", wire.Backlog, of.params())

    def steps_waiting(
        self, of: ask.BacklogAsked = ANY_BACKLOG, after: str | None = None, limit: int = PAGE
    ) -> wire.StepsWaiting:
        asked = paged(of, after, limit)
        return self.calling.get("/statistics/backlog/rows", wire.StepsWaiting, asked)

    def people(self, of: ask.PeopleAsked = ANY_PEOPLE) -> wire.People:
        return self.calling.get("/statistics/people", wire.People, of.params())

    def people_counted(
        self, of: ask.PeopleAsked = ANY_PEOPLE, after: str | None = None, limit: int = PAGE
    ) -> wire.PeopleCounted:
        asked = paged(of, after, limit)
        return self.calling.get("/statistics/people/rows", wire.PeopleCounted, asked)

    # for everybody

    def in_force(self, of: ask.InForceAsked = ANY_LICENCES) -> wire.InForce:
        return self.calling.get("/statistics/licences", wire.InForce, of.params())

    def licences_counted(
        self, of: ask.InForceAsked = ANY_LICENCES, after: str | None = None, limit: int = PAGE
    ) -> wire.LicencesCounted:
        asked = paged(of, after, limit)
        return self.calling.get("/statistics/licences/rows", wire.LicencesCounted, asked)

    def published_times(self, months: int = 12) -> wire.PublishedTimes:
        asked = {"months": months}
        return self.calling.get("/statistics/published-times", wire.PublishedTimes, asked)

    def register(
        self, of: ask.RegisterAsked = ANY_ENTRY, after: str | None = None, limit: int = PAGE
    ) -> RegisterPage:
        return self.calling.get("/register", RegisterPage, paged(of, after, limit))

    def table(
        self, path: str, of: Asked, after: str | None = None, limit: int | None = None
    ) -> bytes:
        """The same rows as CSV; of rows and of the register a page, up to 5,000 lines long."""
        asked = paged(of, after, limit) | {"format": "csv"}
        return self.calling.get_file(path, asked)
