"""The typed client asks figures and their rows by one filter, and gets them as tables too."""

import csv
import io
from collections.abc import Callable

import httpx
import pytest
from licensing_office import OfficeOfTests
from many_cases import ManyCases

from contracts.calling import Calling
from contracts.licensing import asked as ask
from contracts.licensing.client_figures import LicensingFigures
from contracts.licensing.language_figures import Age, Figure, Part, RegisterKind, TimesBy
from kernel.authority import Power
from kernel.problems import Problem


def client_of(office: OfficeOfTests, token: Callable[[], str | None]) -> LicensingFigures:
    """The client on the service's own application, without a network between them."""

    def pass_on(request: httpx.Request) -> httpx.Response:
        told = {name: value for name, value in request.headers.items() if name != "host"}
        path = request.url.raw_path.decode()
        done = office.client.request(request.method, path, headers=told)
        return httpx.Response(done.status_code, headers=dict(done.headers), content=done.content)

    http = httpx.Client(transport=httpx.MockTransport(pass_on), base_url="http://licensing")
    return LicensingFigures(Calling(http, token))


@pytest.fixture(scope="module")
def ministry(office: OfficeOfTests, many: ManyCases) -> LicensingFigures:
    who = office.officer("mines-north", Power.READ_STATISTICS)
    return client_of(office, lambda: who["Authorization"].removeprefix("Bearer "))


def test_one_filter_asks_for_a_figure_and_for_its_rows(ministry: LicensingFigures) -> None:
    steps = ask.StepsEndedAsked(by=(TimesBy.STEP, TimesBy.OFFICE), agency="mines", late=False)
    times = ministry.times(steps)
    assert times.figure is Figure.STEP_TIMES
    assert {line.month for line in times.rows} == {None}
    first = ministry.steps_ended(steps, limit=5)
    second = ministry.steps_ended(steps, after=first.next, limit=500)
    rows = first.rows + second.rows
    assert len(rows) == sum(line.steps for line in times.rows) > 5
    assert {row.agency for row in rows} == {"mines"}
    waiting = ask.BacklogAsked(age=Age.OLDER, overdue=True)
    open_now = sum(line.open for line in ministry.backlog(waiting).rows)
    assert len(ministry.steps_waiting(waiting, limit=500).rows) == open_now
    days = ask.LedgersAsked(party="outage")
    cases = sum(line.cases for line in ministry.ledger(days).rows)
    assert len(ministry.cases_days(days, limit=500).rows) == cases
    holders = ask.PeopleAsked(part=Part.HOLDER)
    count = sum(line.count for line in ministry.people(holders).rows)
    assert len(ministry.people_counted(holders, limit=500).rows) == count


def test_everybody_reads_what_is_public_and_nobody_else_the_rest(
    office: OfficeOfTests, many: ManyCases
) -> None:
    public = client_of(office, lambda: None)
    of = ask.InForceAsked(agency="councils", authority="council-hillside")
    licences = sum(line.licences for line in public.in_force(of).rows)
    assert len(public.licences_counted(of, limit=500).rows) == licences
    assert public.published_times(3).figure is Figure.PUBLISHED_TIMES
    entries = public.register(ask.RegisterAsked(kind=RegisterKind.LICENCE, mineral="gold"), limit=2)
    assert len(entries.rows) == 2
    assert entries.next
    with pytest.raises(Problem) as refused:
        public.times()
    assert refused.value.status == 401


def test_a_table_holds_what_the_rows_hold(ministry: LicensingFigures) -> None:
    of = ask.RegisterAsked(kind=RegisterKind.LICENCE)
    table = ministry.table("/register", of, limit=500).decode()
    codes = [line["code"] for line in csv.DictReader(io.StringIO(table))]
    assert codes == [row.code for row in ministry.register(of, limit=500).rows]
    figure = ministry.table("/statistics/times", ask.StepsEndedAsked(by=(TimesBy.STEP,))).decode()
    assert len(figure.splitlines()) == len(ministry.times(ask.StepsEndedAsked(
        by=(TimesBy.STEP,))).rows) + 1  # fmt: skip
