"""Looking invoices up: whoever is told a code may use it, and nobody finds codes by guessing."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from chassis.rate_limits import Tries
from chassis.unit_of_work import UnitOfWork
from kernel.problems import NotFound
from services.payments.domain.access import is_own, must_find, sees_books
from services.payments.domain.invoice import Invoice
from services.payments.domain.payment import HOUR
from services.payments.routes.at_desk import desk_of
from services.payments.store.invoices import Invoices
from services.payments.store.payments import Payments


@dataclass(frozen=True, slots=True)
class LookUp:
    """Codes are numbers in a row, so how many of others' a person may ask for is limited."""

    tries: Tries
    limit: int

    def find(self, work: UnitOfWork, ref: str) -> Invoice:
        """An invoice by id or code, as far as the asker may know of it.

        Every code counts that is not of his own invoice nor of one he began to pay, whether there
        is such an invoice or not; codes that are misspelled tell nothing and do not count.
        Raises NotFound, NotACode, TooMany.
        """
        try:
            invoice = Invoices(work.session).get(ref)
        except NotFound:
            if not sees_books(work.actor, work.now):
                self._count(work)
            raise
        must_find(invoice, ref, work.actor, work.now)
        if not knows(work, invoice):
            self._count(work)
        return invoice

    def _count(self, work: UnitOfWork) -> None:
        self.tries.spend(f"invoices:{work.actor.person}", self.limit, HOUR)


def knows(work: UnitOfWork, invoice: Invoice) -> bool:
    """Whether the asker need not guess: whose it is, who pays it, and officers of the books."""
    actor = work.actor
    if is_own(invoice, actor) or sees_books(actor, work.now):
        return True
    return Payments(work.session).pays(actor.person or "", invoice.id)


def look_up(request: Request) -> LookUp:
    return LookUp(request.app.state.tries, desk_of(request).limits.invoices_of_others)


AtLookUp = Annotated[LookUp, Depends(look_up)]
