"""What a filing is: the facts its plan is compiled from, and what its log leaf and receipt say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from contracts.licensing.language import Origin, ReceiptKind, Sex
from kernel.events import EditionRef
from kernel.law.facts import CaseFacts
from kernel.law.plan import Plan
from kernel.log.leaf import instant
from services.licensing.domain.application import Application
from services.licensing.domain.ground import Ground
from services.licensing.domain.membership import live_members
from services.licensing.domain.papers import Document, Paper
from services.licensing.domain.party import Party

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Held:
    """What the party holds of this licence type in force, and what it has applied for beside it."""

    licences: int
    hectares: Decimal
    pending: int = 0
    pending_hectares: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Filing:
    """Everything that is lodged, gathered and judged before the log's head is locked."""

    application: Application
    party: Party
    documents: Sequence[Document]
    ground: Ground | None
    edition: EditionRef
    plan: Plan
    plan_json: Json
    plan_hash: str
    office: str
    origin: Origin
    not_before: datetime | None
    statement: Json | None = None
    head_seen: int | None = None


def case_facts(
    application: Application,
    party: Party,
    ground: Ground | None,
    held: Held,
    on: date,
    origin: Origin,
) -> CaseFacts:
    """The facts that conditions, tariffs and offices are worked out from; no personal data."""
    live = live_members(party.members, on)
    people: dict[str, object] = {
        "party_kind": party.kind,
        "members": len(live),
        "women": sum(m.party is not None and m.party.sex is Sex.FEMALE for m in live),
        "holds": held.licences,
        "holds_hectares": plain(held.hectares),
        "minerals": tuple(sorted(application.minerals)),
        "district": application.district,
        "origin": origin.value,
    }
    return CaseFacts.model_validate(people | (_of_ground(ground) if ground else {}))


def _of_ground(ground: Ground) -> Json:
    area = ground.legal_hectares
    return {
        "hectares": "0" if area is None else plain(area),
        "units": ground.units or 0,
        "zone": ground.zone,
        "known_workings": ground.known_workings,
        "hits": tuple(sorted({hit.kind for hit in ground.hits})),
        "consequences": tuple(ground.consequences()),
        "office": ground.office,
        "offices": ground.offices,
        "other_offices": tuple(ground.other_offices),
    }


def plain(number: Decimal) -> str:
    """A decimal without exponent and trailing zeros: one spelling for each value."""
    return format(number.normalize(), "f")


def lodged_payload(filing: Filing, code: str, seq: int) -> Json:
    """What the log commits to and the receipt repeats: everything that was lodged, with hashes."""
    application, ground = filing.application, filing.ground
    return {
        "application": str(application.id),
        "code": code,
        "filing_seq": seq,
        "licence_type": application.licence_type,
        "procedure": application.procedure,
        "minerals": sorted(application.minerals),
        "party": str(filing.party.id),
        "holder": filing.party.name,
        "applicant": application.applicant,
        "helper": application.helper,
        "counter": application.counter,
        "answers": dict(application.answers),
        "district": application.district,
        "ground": None if ground is None else _ground_lodged(ground),
        "documents": [
            {"kind": d.kind, "n": d.n, "sha256": d.sha256, "size": d.size, "type": d.media_type}
            for d in filing.documents
        ],
        "edition": filing.edition.model_dump(),
        "plan": filing.plan_hash,
        "filed": filing.origin.value,
        "not_before": filing.not_before and instant(filing.not_before),
        "head_seen": filing.head_seen,
    }


def _ground_lodged(ground: Ground) -> Json:
    return {
        "statement": str(ground.id),
        "geometry_hash": ground.geometry_hash,
        "hectares": dict(ground.hectares),
        "units": ground.units,
        "zone": ground.zone,
        "office": ground.office,
        "checked_at": instant(ground.checked_at),
    }


def receipt_body(
    application: Application,
    lodged: Mapping[str, object],
    papers: Sequence[Paper],
    log: Mapping[str, object],
    *,
    kind: ReceiptKind,
    issued_at: datetime,
    origin: str,
    training: bool,
) -> Json:
    """What is signed. `lodged` is the payload that the leaf named in `log` commits to."""
    if application.lodged_at is None or application.not_after is None:
        raise LookupError("a receipt is of a lodged application")
    return {
        "v": 1,
        "kind": kind.value,
        "origin": origin,
        "training": training,
        "place": application.filing_seq,
        "lodged_at": instant(application.lodged_at),
        "not_after": instant(application.not_after),
        "office": application.office,
        "counts_only_when_paid_by": _pay_by(application, kind),
        "lodged": dict(lodged),
        "missing": [
            {"paper": p.kind, "by": p.due_at and instant(p.due_at), "keeps_place": p.keeps_priority}
            for p in papers
            if p.received_at is None
        ],
        "log": dict(log),
        "issued_at": instant(issued_at),
    }


def _pay_by(application: Application, kind: ReceiptKind) -> str | None:
    conditional = kind is ReceiptKind.CONDITIONAL and application.pay_by is not None
    return instant(application.pay_by) if conditional and application.pay_by else None
