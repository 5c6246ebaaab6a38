"""Answering for codes: found among licences and applications, told under the log's head, signed."""

from collections.abc import Sequence
from typing import Any

from chassis import log
from chassis.unit_of_work import UnitOfWork
from kernel.codes import NotACode, PublicCode
from services.licensing.desk import Desk
from services.licensing.domain.licence import Json
from services.licensing.domain.verification import Told, of_application, of_licence, of_nothing
from services.licensing.store.licences import Licences

UNREADABLE = "?"


def verify_one(work: UnitOfWork, desk: Desk, code: str) -> dict[str, Any]:
    """One code's answer as the signed body itself. Raises NotACode for what is no code."""
    spelled = str(PublicCode.parse(code))
    return desk.verifications.sign(_told(work, desk).head() | _answers(work, desk, [spelled])[0])


def verify_many(work: UnitOfWork, desk: Desk, codes: Sequence[str]) -> dict[str, Any]:
    """Many answers, in the order asked, under one head and one signature."""
    spelled = [_spelled(code) for code in codes]
    results = _answers(work, desk, spelled)
    return desk.verifications.sign(_told(work, desk).head() | {"results": results})


def _spelled(code: str) -> str:
    """The code in its one spelling; what is no code at all is not repeated."""
    try:
        return str(PublicCode.parse(code))
    except NotACode:
        return UNREADABLE


def _told(work: UnitOfWork, desk: Desk) -> Told:
    head = log.frontier(work.session)
    return Told(
        origin=desk.verifications.about.origin,
        training=desk.training,
        as_of=work.now,
        size=head.size,
        root=head.root().hex(),
    )


def _answers(work: UnitOfWork, desk: Desk, codes: Sequence[str]) -> list[Json]:
    known = Licences(work.session)
    licences, applications = known.coded(codes), known.applied(codes)
    found: list[Json] = []
    for code in codes:
        if licence := licences.get(code):
            rules = desk.law.country.by_hash(licence.edition_hash)
            words = rules.rules.texts[rules.licence_type(licence.licence_type).title]
            titles = {str(language): text for language, text in words.items()}
            found.append(of_licence(licence, titles, work.now))
        elif application := applications.get(code):
            found.append(of_application(application))
        else:
            found.append(of_nothing(code))
    return found
