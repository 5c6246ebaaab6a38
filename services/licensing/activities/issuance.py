"""The issuance saga's activities: load, reserve, issue, return, print."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel
from temporalio import activity

from chassis.files import FileStore
from chassis.unit_of_work import UnitOfWork, Works
from chassis.worker import refusals_are_final
from contracts import procedures as p
from kernel.events import CaseRef
from kernel.law.plan import GroundRule
from services.licensing.activities.commands import CLOCKWORK
from services.licensing.acts.issue_licence import issue_licence
from services.licensing.acts.make_certificate import keep_certificate, read_for_certificate
from services.licensing.acts.reserve_licence_code import reserve_licence_code
from services.licensing.acts.return_from_issuance import return_from_issuance
from services.licensing.desk import Desk
from services.licensing.gateways.certificate import print_certificate
from services.licensing.store.applications import Applications
from services.licensing.store.licences import Licences

K = TypeVar("K", bound=p.Keyed)
A = TypeVar("A", bound=BaseModel)


class Waiting(Exception):
    """Carries the answer of a reservation that has to wait, so that it is not kept."""

    def __init__(self, answer: p.ReservedCode) -> None:
        super().__init__("waiting")
        self.answer = answer


def _reserve_now(work: UnitOfWork, desk: Desk, asked: p.Keyed) -> p.ReservedCode:
    answer = reserve_licence_code(work, desk, asked)
    if answer.wait_for:
        raise Waiting(answer)
    return answer


@dataclass(frozen=True, slots=True)
class IssuanceActivities:
    works: Works
    desk: Desk
    files: FileStore

    def _once(self, asked: K, act: Callable[[UnitOfWork, Desk, K], A]) -> A:
        key = asked.key
        return self.works.run_once(key, CLOCKWORK, lambda work: act(work, self.desk, asked))

    @activity.defn(name=p.LOAD_ISSUANCE)
    @refusals_are_final
    def load_issuance(self, case: CaseRef) -> p.LoadedIssuance:
        with self.works.open(CLOCKWORK) as work:
            issuance = Licences(work.session).issuance(case.subject)
            application = Applications(work.session).get(issuance.application_id)
            return p.LoadedIssuance(
                application_id=application.id,
                round=issuance.round,
                edition=application.edition_ref(),
                exclusive=application.law().ground is GroundRule.EXCLUSIVE_AREA,
                minerals=sorted(application.minerals),
                licence_type=application.licence_type,
                geometry_hash=application.geometry_hash,
                trace=issuance.trace,
            )

    @activity.defn(name=p.RESERVE_LICENCE_CODE)
    @refusals_are_final
    def reserve_licence_code(self, asked: p.Keyed) -> p.ReservedCode:
        """Whom it waits for is looked up anew each time; the code is kept under the one key."""
        try:
            return self._once(asked, _reserve_now)
        except Waiting as waiting:
            return waiting.answer

    @activity.defn(name=p.ISSUE_LICENCE)
    @refusals_are_final
    def issue_licence(self, asked: p.IssueLicence) -> p.Ack:
        return self._once(asked, issue_licence)

    @activity.defn(name=p.RETURN_FROM_ISSUANCE)
    @refusals_are_final
    def return_from_issuance(self, asked: p.ReturnFromIssuance) -> p.Ack:
        return self._once(asked, return_from_issuance)

    @activity.defn(name=p.MAKE_CERTIFICATE)
    @refusals_are_final
    def make_certificate(self, asked: p.Keyed) -> p.Ack:
        """Printed outside of any transaction; the file is on disk before its row commits."""
        with self.works.open(CLOCKWORK) as work:
            sheet = read_for_certificate(work, self.desk, asked.subject)
        kept = self.files.keep_bytes(print_certificate(sheet), "application/pdf")

        def keep(work: UnitOfWork, desk: Desk, asked: p.Keyed) -> p.Ack:
            return keep_certificate(work, desk, asked.subject, kept, sheet.qr)

        return self._once(asked, keep)

    def all(self) -> list[Callable[..., Any]]:
        """What the worker registers."""
        return [
            self.load_issuance,
            self.reserve_licence_code,
            self.issue_licence,
            self.return_from_issuance,
            self.make_certificate,
        ]
