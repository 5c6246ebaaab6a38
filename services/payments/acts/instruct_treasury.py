"""Instruct the treasury: a signed schedule of what it pays on to whom, for whole days."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Final

from chassis.signing import b64
from chassis.unit_of_work import UnitOfWork
from contracts.payments.language import ShareStatus
from kernel.law.fees import SplitMode
from kernel.log.leaf import instant
from services.payments.desk import Desk
from services.payments.domain import ledger
from services.payments.domain.share import Schedule, Share
from services.payments.store.invoices import SCHEDULES, next_number
from services.payments.store.ledger import write
from services.payments.store.shares import Shares

SIGNED: Final = "schedule.signed"
LARGEST: Final = 200
Lines = list[dict[str, object]]


def instruct_treasury(work: UnitOfWork, desk: Desk) -> Schedule | None:
    """Put the instructed shares of days that are over on a schedule; None when there are none."""
    shares = Shares(work.session).due(SplitMode.INSTRUCTED, midnight(desk, work.now), LARGEST)
    if not shares:
        return None
    for share in shares:  # before the log's head is locked, in the order of every other act
        entry = ledger.share_instructed(share.id, share.beneficiary, share.money)
        write(work.session, work.new_id(), entry, work.now)
    number = next_number(work.session, SCHEDULES)
    schedule = signed(work, desk, number, [line(share) for share in shares])
    work.session.add(schedule)
    work.session.flush()
    for share in shares:
        share.status, share.ended_at = ShareStatus.INSTRUCTED, work.now
        share.schedule_id = schedule.id
    return schedule


def midnight(desk: Desk, now: datetime) -> datetime:
    """When the local day of `now` began."""
    local = desk.calendar(desk.country.newest).local(now)
    return datetime.combine(local.date(), time(), local.tzinfo)


def line(share: Share) -> dict[str, object]:
    return {
        "share": str(share.id),
        "invoice": str(share.invoice_id),
        "beneficiary": share.beneficiary,
        "pays_into": share.pays_into,
        "minor": share.minor,
        "currency": share.currency,
        "posted_at": instant(share.posted_at),
    }


def signed(work: UnitOfWork, desk: Desk, number: int, lines: Lines) -> Schedule:
    """The schedule with its place in the log, signed before the commit."""
    schedule_id = work.new_id()
    told = {"number": number, "lines": lines, "totals": totals(lines)}
    leaf = work.append(SIGNED, schedule_id, told)
    work.record(schedule_id, SIGNED, {"number": number, "lines": len(lines)}, leaf=leaf)
    body = {
        "v": 1,
        "kind": "schedule",
        "origin": desk.receipts.about.origin,
        "training": desk.training,
        "instructed": told,
        "log": {
            "index": leaf.index,
            "leaf_hash": leaf.hash.hex(),
            "salt": b64(leaf.salt),
            "commitment": leaf.commitment.hex(),
        },
        "issued_at": instant(leaf.at),
    }
    document = desk.receipts.sign(body)
    return Schedule(
        id=schedule_id,
        number=number,
        body=body,
        key=document["key"],
        signature=document["signature"],
        issued_at=leaf.at,
    )


def totals(lines: Sequence[dict[str, object]]) -> Lines:
    """What each beneficiary receives in all, by account and currency."""
    sums: dict[tuple[str, str, str], int] = {}
    for one in lines:
        key = (str(one["beneficiary"]), str(one["pays_into"]), str(one["currency"]))
        sums[key] = sums.get(key, 0) + int(str(one["minor"]))
    return [
        {"beneficiary": who, "pays_into": into, "currency": currency, "minor": minor}
        for (who, into, currency), minor in sorted(sums.items())
    ]
