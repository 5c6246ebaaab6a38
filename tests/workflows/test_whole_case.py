"""Cases on the real server, whose clock is skipped: the shell round the engine, end to end."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from chassis.clock import machine_now
from kernel import facts
from kernel.events import Event, Source
from tests.workflows.country import (
    Case,
    Country,
    open_country,
    seen,
    skip,
    state_when,
)
from tests.workflows.plans import PAID_FIRST, USUAL, days, plan, question
from tests.workflows.server import worker_of_workflows

DAY = timedelta(days=1)


async def lodged(country: Country, offset: timedelta = timedelta(0)) -> Case:
    case = await country.lodge(machine_now() + offset, offset)
    await seen(lambda: facts.STEP_OPENED in case.names)
    return case


async def decided(country: Country, case: Case, step: str, outcome: str = "approved") -> None:
    at = case.journal[-1].at
    country.tell(case, list(case.services.decide(step, outcome, at)), at)
    await country.mail.join()


async def opened(case: Case, step: str) -> None:
    await seen(
        lambda: any(
            event.name == facts.STEP_OPENED and event.payload["step"] == step
            for event in case.journal
        )
    )


def test_a_case_of_sixty_days_is_warned_escalated_deemed_and_granted(temporal: str) -> None:
    async def live() -> None:
        async with open_country(temporal, USUAL) as country:
            case = await lodged(country)
            await decided(country, case, "screening")
            await opened(case, "council")
            await skip(country, case, 16 * DAY)
            assert case.names.count(facts.STEP_WARNED) == 1
            assert case.names.count(facts.STEP_LAPSED) == 1
            await decided(country, case, "environment")
            await skip(country, case, 10 * DAY)
            await opened(case, "decision")
            told = await state_when(
                country, case, lambda told: told["steps"]["decision"]["status"] == "open"
            )
            assert told["steps"]["environment"]["office"] == "environment-head"
            assert told["steps"]["council"]["outcome"] == "deemed-approved"
            await skip(country, case, 30 * DAY)
            await decided(country, case, "decision")
            await opened(case, "grant-fee")
            await seen(lambda: facts.INVOICE_RAISED in case.names)
            at = case.journal[-1].at
            country.tell(case, list(case.services.pay("grant-fee", at)), at)
            assert await country.handle(case).result() == "granted"
            lasted = case.journal[-1].at - case.journal[0].at
            assert timedelta(days=56) <= lasted < timedelta(days=62)
            assert len(case.asked) == len(set(case.asked))

    asyncio.run(live())


def test_a_case_begun_after_the_clock_was_moved_lives_in_the_moved_time(temporal: str) -> None:
    async def live() -> None:
        async with open_country(temporal, PAID_FIRST) as country:
            case = await lodged(country, offset=90 * DAY)
            told = await country.handle(case).query("state")
            assert told["next_wake"] is None
            await seen(lambda: facts.INVOICE_RAISED in case.names)
            at = case.journal[-1].at
            country.tell(case, list(case.services.pay("filing-fee", at)), at)
            told = await state_when(country, case, lambda told: told["next_wake"] is not None)
            wake = told["next_wake"]
            assert wake.startswith(str(case.services.desks["screening"].due_at.date()))
            await skip(country, case, 20 * DAY)
            (lapse,) = (event for event in case.journal if event.name == facts.STEP_LAPSED)
            assert lapse.at - lapse.legal_at < timedelta(minutes=2)

    asyncio.run(live())


def test_facts_lost_doubled_and_out_of_order_reach_the_case_all_the_same(temporal: str) -> None:
    async def live() -> None:
        async with open_country(temporal, USUAL) as country:
            held: list[Event] = []

            def disorderly(event: Event) -> Sequence[Event]:
                if event.name == facts.AREA_ENTERED or event.seq % 4 == 3:
                    return []
                if event.seq % 4 == 2:
                    held.append(event)
                    return []
                told = [event, *held, event]
                held.clear()
                return told

            country.deliver = disorderly
            case = await lodged(country)
            for step in ("screening", "environment", "council"):
                await opened(case, step)
                await decided(country, case, step)
            country.deliver = lambda event: [event]
            await country.handle(case).signal("look_again")
            await opened(case, "decision")
            await decided(country, case, "decision", "refused")
            assert await country.handle(case).result() == "refused"
            assert len(case.asked) == len(set(case.asked))

    asyncio.run(live())


def test_a_gap_among_another_services_facts_is_filled_from_that_service(temporal: str) -> None:
    async def live() -> None:
        async with open_country(temporal, USUAL) as country:
            country.deliver = lambda e: [] if e.name == facts.AREA_ENTERED else [e]
            case = await lodged(country)
            await seen(lambda: len(case.journals.get(Source.CADASTRE, [])) == 1)
            displaced = {"by_seq": 3, "hectares": "0.4"}
            country.tell(case, [(facts.AREA_DISPLACED, displaced, machine_now())], machine_now())
            await seen(lambda: facts.AREA_DISPLACED in case.names)
            own = [name for name in case.names if name.startswith("area.")]
            assert own == [facts.AREA_ENTERED, facts.AREA_DISPLACED]

    asyncio.run(live())


def test_an_outage_is_waited_out_and_a_refusal_is_journalled_and_asked_again(
    temporal: str,
) -> None:
    async def live() -> None:
        async with open_country(temporal, USUAL) as country:
            country.away["open_step"] = 2
            country.refusing["enter_area"] = "statement-too-old"
            case = await lodged(country)
            told = await state_when(country, case, lambda told: bool(told["refused"]))
            assert told["refused"] == [f"{case.id}:case:0:enter_area:1: statement-too-old"]
            await decided(country, case, "screening")
            await opened(case, "council")
            (refused,) = (e for e in case.journal if e.name == facts.COMMAND_REFUSED)
            assert refused.payload["operation"] == "enter_area"
            assert refused.payload["problem"] == "statement-too-old"
            country.refusing.clear()
            await country.handle(case).signal("look_again")
            await seen(lambda: facts.AREA_ENTERED in case.names)

    asyncio.run(live())


def test_one_service_that_is_away_stops_nothing_that_needs_another(temporal: str) -> None:
    async def live() -> None:
        async with open_country(temporal, USUAL) as country:
            country.away["send_notice"] = 1_000_000
            case = await lodged(country)
            await decided(country, case, "screening")
            await opened(case, "council")
            sending = f"{case.id}:case:0:send_notice:1"
            await state_when(country, case, lambda told: told["under_way"] == [sending])

    asyncio.run(live())


def test_a_worker_killed_in_mid_case_is_replaced_and_nothing_is_done_twice(temporal: str) -> None:
    async def live() -> None:
        async with open_country(temporal, USUAL, workflows=False) as country:
            with worker_of_workflows(temporal) as first:
                case = await lodged(country)
                await decided(country, case, "screening")
                await opened(case, "council")
                first.kill()
            with worker_of_workflows(temporal):
                await decided(country, case, "council")
                await decided(country, case, "environment", "refused")
                assert await country.handle(case).result() == "refused"
            assert len(case.asked) == len(set(case.asked))

    asyncio.run(live())


def test_a_late_fact_on_a_closed_case_is_journalled_and_the_run_ends(temporal: str) -> None:
    async def live() -> None:
        async with open_country(temporal, USUAL) as country:
            case = await lodged(country)
            at = machine_now()
            country.tell(case, [(facts.APPLICATION_WITHDRAWN, {}, at)], at)
            assert await country.handle(case).result() == "withdrawn"
            asked = list(case.asked)
            late = (facts.NOTICE_FAILED, {"notice": "old"}, at)
            country.tell(case, [late], machine_now())
            await seen(lambda: facts.NOTICE_FAILED in case.names)
            assert await country.handle(case).result() == "withdrawn"
            assert case.asked == asked

    asyncio.run(live())


@pytest.mark.slow
def test_a_long_case_goes_on_in_new_runs_of_fewer_than_500_events(temporal: str) -> None:
    async def live() -> None:
        one = plan(question("screening", allowed=days(1)))
        async with open_country(temporal, one) as country:
            case = await lodged(country)
            first = (await country.handle(case).describe()).run_id
            for _ in range(12):
                await skip(country, case, 30 * DAY)
            now_at = await country.handle(case).describe()
            assert now_at.run_id != first
            assert now_at.history_length < 500
            assert len(case.asked) == len(set(case.asked))
            lapses = [e for e in case.journal if e.name == facts.STEP_LAPSED]
            assert all(e.at - e.legal_at < timedelta(minutes=2) for e in lapses)
            await decided(country, case, "screening", "refused")
            assert await country.handle(case).result() == "refused"

    asyncio.run(live())
