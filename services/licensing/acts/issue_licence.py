"""Issue a licence: the right begins, its facts enter the public log, the applicant is told."""

from dataclasses import replace
from decimal import Decimal

from chassis.unit_of_work import UnitOfWork
from contracts.licensing.language import Act, Status
from contracts.licensing.language_cases import IssuanceStatus
from contracts.procedures import Ack, IssueLicence
from kernel.facts import LICENCE_ISSUED
from kernel.log.leaf import instant
from services.licensing.acts.reserve_licence_code import must_be_under_way
from services.licensing.casework import Casework, take_case
from services.licensing.desk import Desk
from services.licensing.domain.filing import plain
from services.licensing.domain.identity import must_have_room
from services.licensing.domain.licence import Issuance, Json, Licence, NotBeingIssued
from services.licensing.domain.notices import day, to_applicant
from services.licensing.gathering import holdings
from services.licensing.store.licences import Licences
from services.licensing.store.parties import Parties


def issue_licence(work: UnitOfWork, desk: Desk, asked: IssueLicence) -> Ack:
    """Write the licence under its reserved code.

    Raises NotBeingIssued, NotInThisStatus, and HoldingLimitReached where the holder has come to
    hold too much since the application was received.
    """
    case = take_case(work, desk, asked.application_id)
    case.application.must_allow(Act.ISSUE_LICENCE)
    issuance = must_be_under_way(Licences(work.session).issuance(asked.subject))
    if issuance.licence_code != asked.licence_code:
        raise NotBeingIssued("Another code was reserved for this licence")
    _must_still_have_room(case)
    logged = licence_facts(case, issuance)
    leaf = work.append(LICENCE_ISSUED, case.id, logged)
    licence = _licence(case, issuance, leaf.index, logged)
    licence.issued_at = leaf.at
    work.session.add(licence)
    issuance.status, issuance.ended_at = IssuanceStatus.ISSUED, leaf.at
    case.application.licence_code = licence.code
    case.application.close(Status.GRANTED, "granted", leaf.at)
    calendar = case.calendar(case.application.office)
    told = to_applicant(
        case.application,
        "licence-issued",
        licence=licence.code,
        until=day(licence.valid_to, calendar),
    )
    event = case.record(
        LICENCE_ISSUED,
        {
            "licence_code": licence.code,
            "issuance": str(issuance.id),
            "valid_from": instant(licence.valid_from),
            "valid_to": instant(licence.valid_to),
        },
        told,
        leaf=leaf,
    )
    case.keep_days(event.at)
    return Ack(seq=event.seq)


def _must_still_have_room(case: Casework) -> None:
    """Other applications do not count here: the first to be issued goes first."""
    application = case.application
    party = Parties(case.work.session).take(application.party_id)
    held = holdings(case.work, party, case.edition, application.licence_type)
    licence = case.edition.licence_type(application.licence_type)
    only_held = replace(held, pending=0, pending_hectares=Decimal(0))
    must_have_room(licence, only_held, application.hectares or Decimal(0))


def licence_facts(case: Casework, issuance: Issuance) -> Json:
    """What the log commits to and the QR code repeats: the licence as a buyer must know it."""
    application, law = case.application, case.plan.licence
    if issuance.valid_from is None or issuance.valid_to is None:
        raise LookupError("a reserved code has a term")
    holder = Parties(case.work.session).get(application.party_id)
    about = case.desk.receipts.about
    return {
        "v": 1,
        "origin": about.origin,
        "training": case.desk.training,
        "licence": issuance.licence_code,
        "application": application.code,
        "holder": holder.name,
        "type": application.licence_type,
        "minerals": sorted(application.minerals),
        "valid_from": instant(issuance.valid_from),
        "valid_to": instant(issuance.valid_to),
        "office": application.office,
        "zone": application.zone,
        "district": application.district,
        "hectares": application.hectares and plain(application.hectares),
        "units": application.units,
        "geometry_hash": application.geometry_hash,
        "may_sell": law.may_sell,
        "quantity_per_period": law.quantity_per_period,
        "edition": application.edition_hash,
    }


def _licence(case: Casework, issuance: Issuance, index: int, logged: Json) -> Licence:
    application, law = case.application, case.plan.licence
    if issuance.valid_from is None or issuance.valid_to is None or application.office is None:
        raise LookupError("a reserved code has a term and a lodged application an office")
    return Licence(
        id=case.work.new_id(),
        code=issuance.licence_code or "",
        application_id=case.id,
        issuance_id=issuance.id,
        party_id=application.party_id,
        licence_type=application.licence_type,
        minerals=sorted(application.minerals),
        office=application.office,
        zone=application.zone,
        district=application.district,
        hectares=application.hectares,
        units=application.units,
        geometry_hash=application.geometry_hash,
        may_sell=law.may_sell,
        quantity_per_period=law.quantity_per_period,
        valid_from=issuance.valid_from,
        valid_to=issuance.valid_to,
        issued_at=case.work.now,
        edition_hash=application.edition_hash or "",
        log_index=index,
        logged=logged,
    )
