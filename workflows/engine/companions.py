"""Which other workflows a case relies on just now: they know what time the engine does not."""

from collections.abc import Iterator
from uuid import UUID

from kernel.ids import as_uuid
from workflows.engine.state import CaseState, InvoiceStatus


def open_invoices(state: CaseState) -> Iterator[UUID]:
    """Invoices that can still be paid: their own workflow reminds and has them expire."""
    for step in state.steps.values():
        if step.invoice is InvoiceStatus.OPEN and step.invoice_id is not None:
            invoice = as_uuid(step.invoice_id)
            if invoice is not None:
                yield invoice


def issuance_under_way(state: CaseState) -> UUID | None:
    """The issuance that has neither been returned nor made its certificate yet."""
    return None if state.issuance is None else as_uuid(state.issuance)
