"""Gathers what is lodged and has the law in force judge it, before any lock but the file's own."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from chassis.signing import NotGenuine
from chassis.unit_of_work import UnitOfWork
from contracts.licensing.language import Origin
from contracts.licensing.wire import Signed
from contracts.licensing.wire_applications import HeadSeen, Lodgement
from kernel.law.compile import compile_plan, unmet_for_receipt
from kernel.law.editions import Edition
from kernel.problems import Problem
from services.licensing.desk import Desk
from services.licensing.domain import judging
from services.licensing.domain.access import must_keep
from services.licensing.domain.application import Application
from services.licensing.domain.filing import Filing, Held, case_facts
from services.licensing.domain.ground import PURPOSE, Ground, GroundStatementNotOurs
from services.licensing.domain.identity import naming_keys
from services.licensing.domain.papers import must_hold_needed
from services.licensing.domain.party import Party
from services.licensing.store.applications import Applications
from services.licensing.store.calendars import Calendars
from services.licensing.store.filing import head_instant
from services.licensing.store.licences import Licences
from services.licensing.store.parties import Parties


class HeadNotOurs(Problem):
    """The log never had this size and root: it proves nothing about when the filing was made."""

    title = "This head was never one of our log"


def gather(work: UnitOfWork, desk: Desk, ref: str, sent: Lodgement) -> Filing:
    """Everything that is lodged, judged. Raises what stands against it.

    The file is locked, and its party, so that two filings of one party see each other; the
    calendars stay as they are.
    """
    Calendars(work.session).stay()
    application = Applications(work.session).take(ref)
    party = Parties(work.session).take(application.party_id)
    must_keep(application, party, work.actor, work.now)
    ground = read_ground(desk, sent.ground)
    filing = judged(work, desk, application, party, ground)
    seen = None if sent.head_seen is None else head_seen(work, sent.head_seen)
    proven = [at for at in (seen, filing.not_before) if at is not None]
    return replace(
        filing,
        statement=None if sent.ground is None else sent.ground.model_dump(),
        not_before=max(proven, default=None),
        head_seen=sent.head_seen.size if sent.head_seen else None,
    )


def judged(
    work: UnitOfWork, desk: Desk, application: Application, party: Party, ground: Ground | None
) -> Filing:
    """The filing under the law in force now, with its plan. Raises what the law has against it."""
    law, files = desk.law, Applications(work.session)
    edition, today = law.edition_on(work.now), law.today(work.now)
    origin = Origin.COUNTER_SLIP if application.counter else Origin.ONLINE
    held = holdings(work, party, edition, application.licence_type)
    licence = judging.judge(application, party, edition, ground, held)
    rule = licence.ground.rule
    when = judging.Now(work.now, law.country, edition, desk.training)
    judging.judge_ground(application, rule, ground, when)
    facts = case_facts(application, party, ground, held, today, origin)
    plan = compile_plan(edition, application.licence_type, application.procedure, facts)
    judging.must_be_complete(unmet_for_receipt(edition, licence.id, facts), edition)
    documents = files.documents(application.id)
    must_hold_needed(plan.papers, {d.kind for d in documents}, edition.rules.texts)
    return Filing(
        application=application,
        party=party,
        documents=documents,
        ground=ground,
        edition=edition.ref,
        plan=plan,
        plan_json=plan.model_dump(mode="json"),
        plan_hash=plan.digest(),
        office=judging.lead_office(edition, plan, facts),
        origin=origin,
        not_before=min(ground.checked_at, work.now) if ground else None,
    )


def holdings(work: UnitOfWork, party: Party, edition: Edition, licence_type: str) -> Held:
    """What the holder holds of a licence type now, and has applied for, under each registration.

    Parties that show the same evidence of the kinds that name one holder are one holder. Licences
    past their end do not count. The caller has locked the party.
    """
    parties = Parties(work.session).same_holder(party, naming_keys(edition, party))
    found = [
        one
        for one in Licences(work.session).of_parties(parties, licence_type)
        if one.in_force(work.now)
    ]
    hectares = sum((one.hectares or Decimal(0) for one in found), Decimal(0))
    pending = Applications(work.session).pending_of_parties(parties, licence_type)
    return Held(len(found), hectares, *pending)


def read_ground(desk: Desk, statement: Signed | None) -> Ground | None:
    """What the cadastre signed. Raises GroundStatementNotOurs, GroundNotReadable."""
    if statement is None:
        return None
    try:
        body = desk.keyring.verify(statement.model_dump(), PURPOSE)
    except NotGenuine as forged:
        raise GroundStatementNotOurs(forged.detail) from forged
    return Ground.read(body)


def head_seen(work: UnitOfWork, seen: HeadSeen) -> datetime:
    """The instant before which the client cannot have filed. Raises HeadNotOurs."""
    found = head_instant(work.session, seen.size, bytes.fromhex(seen.root))
    if found is None:
        raise HeadNotOurs("Send a head that this log's checkpoint gave", size=seen.size)
    return found
