"""Lives to be recorded: papers that come later, clocks that stand still, a place that is paid."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

from chassis.clock import machine_now
from kernel import facts
from tests.workflows.country import Case, Country, open_country, seen, skip, state_when
from tests.workflows.plans import PAID_FIRST, PAPERS_LATER, USUAL
from tests.workflows.saving import save, step

DAY: Final = timedelta(days=1)


async def ended(country: Country, case: Case, name: str) -> None:
    await country.handle(case).result()
    await save(country.client, f"application:{case.id}", name)


async def folded(country: Country, case: Case) -> None:
    """Until the workflow has heard of everything that its journal holds."""
    await country.mail.join()
    newest = case.journal[-1].seq
    await state_when(country, case, lambda told: bool(told["last_seq"] >= newest))


async def papers(address: str) -> None:
    """One paper comes, one costs the place, the last one lets the application lapse."""
    async with open_country(address, PAPERS_LATER) as country:
        missing = ("tax-clearance", "constitution", "photograph")
        case = await country.lodge(machine_now(), missing=missing)
        await seen(lambda: facts.STEP_OPENED in case.names)
        at = machine_now()
        country.tell(case, list(case.services.papers.deliver("photograph", at)), at)
        await folded(country, case)
        later = (case.services.papers.due_at["constitution"] or at) + DAY
        case.services.papers.due_at["constitution"] = later
        moved = {"paper": "constitution", "due_at": later.isoformat(), "lapses": True}
        country.tell(case, [(facts.PAPER_RETIMED, moved, at)], at)
        await folded(country, case)
        await skip(country, case, 30 * DAY)
        await ended(country, case, "application-papers-lapsed")


async def moratorium(address: str) -> None:
    """A step and a fee stand still and run again; withdrawn before the fee is paid."""
    async with open_country(address, USUAL) as country:
        case = await country.lodge(machine_now())
        await seen(lambda: facts.STEP_OPENED in case.names)
        at = machine_now()
        country.tell(case, list(case.services.request("screening", 2 * DAY, at)), at)
        await folded(country, case)
        of, later = {"step": "screening", "round": 1}, (at + 3 * DAY).isoformat()
        moved = of | {"request": "screening-1", "reply_due_at": later}
        country.tell(case, [(facts.INFORMATION_RETIMED, moved, at)], at)
        country.tell(case, [(facts.STEP_HANDED_OVER, of | {"office": "mines-south"}, at)], at)
        await folded(country, case)
        given = case.services.resume("screening", facts.INFORMATION_GIVEN, machine_now())
        country.tell(case, list(given), machine_now())
        await folded(country, case)
        await still_and_on(country, case)
        for answered in ("screening", "environment", "council", "decision"):
            await step(country, case, answered)
        await seen(lambda: facts.INVOICE_RAISED in case.names)
        await folded(country, case)
        await still_and_on(country, case)
        await seen(lambda: case.names.count(facts.INVOICE_RETIMED) == 2)
        at = case.journal[-1].at
        country.tell(case, [(facts.APPLICATION_WITHDRAWN, {}, at)], at)
        await ended(country, case, "application-moratorium")


async def still_and_on(country: Country, case: Case) -> None:
    at = max(machine_now(), case.journal[-1].at)
    country.tell(case, list(case.services.stand_still(at, at)), at)
    await folded(country, case)
    country.tell(case, list(case.services.run_again(at + DAY)), at)
    await folded(country, case)


async def place_paid(address: str) -> None:
    """A conditional place that counts when it is paid; the grant is returned once."""
    async with open_country(address, PAID_FIRST) as country:
        case = await country.lodge(machine_now())
        case.services.refuse_grants = 1
        await seen(lambda: facts.INVOICE_RAISED in case.names)
        at = machine_now()
        country.tell(case, list(case.services.pay("filing-fee", at)), at)
        await seen(lambda: facts.RECEIPT_CONFIRMED in case.names)
        await step(country, case, "screening")
        await step(country, case, "decision")
        await seen(lambda: facts.ISSUANCE_RETURNED in case.names)
        await seen(lambda: case.services.desks["decision"].round == 2)
        await step(country, case, "decision")
        await ended(country, case, "application-place-paid-grant-returned")


LIVES: Final[tuple[Callable[[str], Awaitable[None]], ...]] = (papers, moratorium, place_paid)
