"""Lodge an application: judged, numbered, logged and receipted in one transaction."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chassis.log import Growth, Leaf, grow, lock_head
from chassis.unit_of_work import UnitOfWork
from contracts.licensing.language import PaperState, Status
from contracts.licensing.wire_applications import Lodged, Lodgement, ReceiptView
from contracts.procedures import Tell
from kernel.calendar import Calendar, Duration
from kernel.codes import PublicCode, tracking_pin
from kernel.facts import LODGED
from kernel.law.plan import GroundRule, Overdue, PaperPlan
from kernel.log.leaf import instant
from kernel.term import Term
from services.licensing.desk import Desk
from services.licensing.domain import judging, notices
from services.licensing.domain.application import Application
from services.licensing.domain.calendar_entry import with_entries
from services.licensing.domain.filing import Filing, Json, lodged_payload
from services.licensing.domain.ground import Ground
from services.licensing.domain.papers import Paper, curable
from services.licensing.domain.tracking import hash_pin
from services.licensing.gathering import gather
from services.licensing.receipts import give_receipt
from services.licensing.store.calendars import Calendars
from services.licensing.store.filing import next_filing_seq

PREFIX = "AP"


def lodge_application(work: UnitOfWork, desk: Desk, ref: str, sent: Lodgement) -> Lodged:
    """Receive an application into the register; the answer holds the signed receipt and the PIN.

    Order of filing numbers = order of commits = order of legal instants, because the log's head is
    locked before the number and the instant are taken.
    """
    filing, pin = gather(work, desk, ref, sent), tracking_pin(secrets.token_bytes(16))
    pin_hash = hash_pin(pin, secrets.token_bytes(16))  # takes long: before the head is locked
    calendar = calendar_of(work, desk, filing)
    head = lock_head(work.session, filing.application.id)
    seq = next_filing_seq(work.session)
    code = str(PublicCode(PREFIX, desk.law.today(work.now).year, seq))
    lodged = lodged_payload(filing, code, seq)
    growth = grow(head, LODGED, filing.application.id, lodged)
    leaf = growth.leaf
    papers = enter(work, filing, code, seq, leaf, calendar)
    filing.application.pin_hash = pin_hash
    log = leaf.told()
    receipt = give_receipt(work, desk, filing.application, lodged, papers, log, leaf.at)
    tell(work, desk, filing, papers, growth, receipt.short_code)
    application = filing.application
    return Lodged(
        application=application.id,
        code=code,
        filing_seq=seq,
        lodged_at=leaf.at,
        conditional=application.conditional,
        pay_by=application.pay_by,
        pin=pin,
        receipt=ReceiptView.model_validate(receipt),
    )


def enter(
    work: UnitOfWork, filing: Filing, code: str, seq: int, leaf: Leaf, calendar: Calendar
) -> list[Paper]:
    """Write the application's lodged state and its papers; gives the papers."""
    application, plan = filing.application, filing.plan
    waits = judging.conditional_step(plan)
    application.code, application.filing_seq, application.office = code, seq, filing.office
    application.country, application.edition = plan.edition.country, plan.edition.edition
    application.edition_hash = plan.edition.hash
    application.plan, application.plan_hash = filing.plan_json, filing.plan_hash
    application.lodged_at, application.not_after = leaf.at, leaf.at
    application.not_before, application.head_seen = filing.not_before, filing.head_seen
    application.origin = filing.origin
    if filing.ground is not None:
        stand_on(application, filing.ground, filing.statement)
    application.conditional = waits is not None
    application.pay_by = after(leaf.at, waits.allowed, calendar) if waits else None
    application.status = Status.LODGED
    application.changed(leaf.at)
    there = {document.kind for document in filing.documents}
    papers = [
        paper_of(application.id, one, one.kind in there, leaf.at, calendar) for one in plan.papers
    ]
    work.session.add_all(papers)
    return papers


def stand_on(application: Application, ground: Ground, statement: Json | None) -> None:
    """Copy what licensing needs of the ground statement, and keep it as it was signed."""
    application.statement, application.statement_id = statement, ground.id
    application.geometry_hash = ground.geometry_hash
    application.bbox_mm = None if ground.bbox_mm is None else list(ground.bbox_mm)
    application.hectares, application.units = ground.legal_hectares, ground.units
    application.zone = ground.zone


def paper_of(case: UUID, wanted: PaperPlan, there: bool, at: datetime, calendar: Calendar) -> Paper:
    """The paper's state at lodgement: there, or awaited until its time is over."""
    paper = Paper(
        application_id=case,
        kind=wanted.kind,
        when=wanted.when,
        state=PaperState.LODGED if there else PaperState.MISSING,
        keeps_priority=wanted.overdue is not Overdue.LOSE_PLACE,
        received_at=at if there else None,
        overdue=wanted.overdue,
    )
    if not there:
        paper.run(at, wanted, calendar)
    return paper


def calendar_of(work: UnitOfWork, desk: Desk, filing: Filing) -> Calendar:
    """The lead office's calendar, with the changes that are in force."""
    edition = desk.law.country.by_hash(filing.plan.edition.hash)
    entries = Calendars(work.session).approved()
    return with_entries(desk.law.calendar(edition, filing.office), entries, filing.office)


def after(at: datetime, allowed: Duration, calendar: Calendar) -> datetime | None:
    """When a time that begins now is over; None while all clocks stand still."""
    return Term(start=at, allowed=allowed).due(calendar)


def tell(
    work: UnitOfWork,
    desk: Desk,
    filing: Filing,
    papers: Sequence[Paper],
    growth: Growth,
    short: str,
) -> None:
    """Write the fact from which the case's workflow begins, with what people are to be told."""
    application = filing.application
    edition = desk.law.country.by_hash(filing.plan.edition.hash)
    payload: Json = {
        "code": application.code,
        "filing_seq": application.filing_seq,
        "type": application.licence_type,
        "procedure": application.procedure,
        "office": application.office,
        "conditional": application.conditional,
        "pay_by": application.pay_by and instant(application.pay_by),
        "has_ground": filing.plan.ground is GroundRule.EXCLUSIVE_AREA,
        "minerals": sorted(application.minerals),
        "plan": application.plan_hash,
        "receipt": short,
        "missing": [p.kind for p in papers if p.state is PaperState.MISSING],
        "papers": [p.told() for p in curable(papers)],
    }
    told = notices.of_lodgement(
        application, papers, edition, desk.law.calendar(edition, filing.office)
    )
    payload["notices"] = notices.addressed(work.new_id, told, application.id)
    work.record(
        application.id,
        LODGED,
        payload,
        legal_at=growth.leaf.at,
        tell=[Tell.application(application.id)],
        leaf=growth,
        edition=filing.plan.edition,
    )
