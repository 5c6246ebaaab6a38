"""The issuance saga on the real server: no area stays pending, however it ends."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import uuid4

from chassis.clock import machine_now
from contracts import procedures as p
from kernel.events import CaseRef
from tests.workflows.country import seen
from tests.workflows.desk import Answer, Desk, open_desk
from tests.workflows.plans import EDITION

QUESTIONS = {
    "licensing.load_issuance": CaseRef,
    "licensing.reserve_licence_code": p.Keyed,
    "licensing.issue_licence": p.IssueLicence,
    "licensing.return_from_issuance": p.ReturnFromIssuance,
    "licensing.make_certificate": p.Keyed,
    "cadastre.grant_area": p.GrantArea,
    "cadastre.confirm_area": p.Keyed,
    "cadastre.withdraw_pending_area": p.Keyed,
}
LOADED = p.LoadedIssuance(
    application_id=uuid4(),
    round=1,
    edition=EDITION,
    exclusive=True,
    minerals=["gold"],
    licence_type="artisanal-permit",
    geometry_hash="ab" * 32,
)
CODE = p.ReservedCode(
    licence_code="AP-0001",
    valid_from=machine_now(),
    valid_to=machine_now() + timedelta(days=3 * 365),
)
WELL: dict[str, Answer | list[Answer]] = {name: p.Ack() for name in QUESTIONS} | {
    "licensing.load_issuance": LOADED,
    "licensing.reserve_licence_code": CODE,
}


def issue(
    temporal: str,
    live: Callable[[Desk], Awaitable[None]],
    **other: Answer | list[Answer],
) -> None:
    async def run() -> None:
        changed = {name.replace("__", "."): answer for name, answer in other.items()}
        async with open_desk(temporal, QUESTIONS, WELL | changed) as desk:
            await live(desk)

    asyncio.run(run())


def test_a_licence_is_issued_in_the_order_that_holds_its_ground(temporal: str) -> None:
    async def live(desk: Desk) -> None:
        subject = uuid4()
        handle = await desk.start(p.ISSUANCE_WORKFLOW, subject)
        assert await handle.result() == "issued"
        assert desk.names[:4] == [
            "licensing.load_issuance",
            "licensing.reserve_licence_code",
            "cadastre.grant_area",
            "licensing.issue_licence",
        ]
        assert sorted(desk.names[4:]) == ["cadastre.confirm_area", "licensing.make_certificate"]
        (granted,) = desk.questions("cadastre.grant_area")
        assert granted.key == f"{LOADED.application_id}:{subject}:1:grant_area:1"
        assert (granted.licence_code, granted.valid_to) == (CODE.licence_code, CODE.valid_to)
        assert granted.geometry_hash == LOADED.geometry_hash

    issue(temporal, live)


def test_a_right_without_ground_asks_the_cadastre_nothing(temporal: str) -> None:
    async def live(desk: Desk) -> None:
        handle = await desk.start(p.ISSUANCE_WORKFLOW, uuid4())
        assert await handle.result() == "issued"
        assert not [name for name in desk.names if name.startswith("cadastre")]

    loaded = LOADED.model_copy(update={"exclusive": False})
    issue(temporal, live, licensing__load_issuance=loaded)


def test_a_refused_grant_returns_the_case_with_the_reason(temporal: str) -> None:
    async def live(desk: Desk) -> None:
        handle = await desk.start(p.ISSUANCE_WORKFLOW, uuid4())
        assert await handle.result() == "returned"
        (back,) = desk.questions("licensing.return_from_issuance")
        assert back.problem == "areas-overlap"
        assert "licensing.issue_licence" not in desk.names
        assert "cadastre.withdraw_pending_area" not in desk.names

    issue(temporal, live, cadastre__grant_area="areas-overlap")


def test_a_refused_issue_gives_the_ground_back_before_the_case(temporal: str) -> None:
    async def live(desk: Desk) -> None:
        handle = await desk.start(p.ISSUANCE_WORKFLOW, uuid4())
        assert await handle.result() == "returned"
        assert desk.names[-3:] == [
            "licensing.issue_licence",
            "cadastre.withdraw_pending_area",
            "licensing.return_from_issuance",
        ]

    issue(temporal, live, licensing__issue_licence="case-is-closed")


def test_a_closed_case_that_takes_nothing_back_still_leaves_no_pending_area(temporal: str) -> None:
    async def live(desk: Desk) -> None:
        handle = await desk.start(p.ISSUANCE_WORKFLOW, uuid4())
        assert await handle.result() == "case-is-closed"
        assert "cadastre.withdraw_pending_area" in desk.names

    issue(
        temporal,
        live,
        licensing__issue_licence="case-is-closed",
        licensing__return_from_issuance="case-is-closed",
    )


def test_seniors_whose_ground_is_not_reported_yet_are_waited_for(temporal: str) -> None:
    async def live(desk: Desk) -> None:
        handle = await desk.start(p.ISSUANCE_WORKFLOW, uuid4())
        assert await handle.result() == "issued"
        keys = [one.key[-2:] for one in desk.questions("licensing.reserve_licence_code")]
        assert keys == [":1", ":1"]

    waiting = p.ReservedCode(wait_for=[7])
    issue(temporal, live, licensing__reserve_licence_code=[waiting, CODE])


def test_an_issuance_stopped_before_the_grant_returns_the_case(temporal: str) -> None:
    async def live(desk: Desk) -> None:
        handle = await desk.start(p.ISSUANCE_WORKFLOW, uuid4())
        await seen(lambda: "licensing.reserve_licence_code" in desk.names)
        await handle.cancel()
        assert await handle.result() == "returned"
        (back,) = desk.questions("licensing.return_from_issuance")
        assert back.problem == "issuance-stopped"
        assert "cadastre.grant_area" not in desk.names

    issue(temporal, live, licensing__reserve_licence_code=p.ReservedCode(wait_for=[7]))


def test_an_issuance_stopped_after_the_grant_goes_on_to_its_end(temporal: str) -> None:
    async def live(desk: Desk) -> None:
        handle = await desk.start(p.ISSUANCE_WORKFLOW, uuid4())
        await seen(lambda: "licensing.issue_licence" in desk.names)
        await handle.cancel()
        assert await handle.result() == "issued"
        assert "cadastre.confirm_area" in desk.names

    issue(temporal, live)


def test_an_issuance_that_licensing_does_not_know_ends_the_run(temporal: str) -> None:
    async def live(desk: Desk) -> None:
        handle = await desk.start(p.ISSUANCE_WORKFLOW, uuid4())
        assert await handle.result() == "not-found"

    issue(temporal, live, licensing__load_issuance="not-found")


def test_a_refused_certificate_is_asked_for_until_it_is_made(temporal: str) -> None:
    async def live(desk: Desk) -> None:
        handle = await desk.start(p.ISSUANCE_WORKFLOW, uuid4())
        await seen(lambda: "licensing.make_certificate" in desk.names)
        await desk.skip(handle, timedelta(minutes=15))
        assert await handle.result() == "issued"
        asked = desk.questions("licensing.make_certificate")
        assert len(asked) == 3
        assert len({one.key for one in asked}) == 1

    made: list[Answer] = ["no-such-key", "no-such-key", p.Ack()]
    issue(temporal, live, licensing__make_certificate=made)


def test_a_long_wait_for_seniors_goes_on_in_a_new_run(temporal: str) -> None:
    async def live(desk: Desk) -> None:
        handle = await desk.start(p.ISSUANCE_WORKFLOW, uuid4())
        await seen(lambda: "licensing.reserve_licence_code" in desk.names)
        first = (await handle.describe()).run_id
        await desk.skip(handle, timedelta(minutes=40))
        assert await handle.result() == "issued"
        assert (await handle.describe()).run_id != first
        assert len(desk.questions("licensing.reserve_licence_code")) == 51
        assert len(desk.questions("licensing.load_issuance")) == 2

    waits: list[Answer] = [p.ReservedCode(wait_for=[7])] * 50
    issue(temporal, live, licensing__reserve_licence_code=[*waits, CODE])
