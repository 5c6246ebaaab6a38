"""Receipts in the database."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.codes import PublicCode
from kernel.problems import NotFound
from services.payments.domain.receipt import Receipt
from services.payments.store import mapping, tables

mapping.map_entities()
columns = tables.receipt.c


@dataclass(frozen=True, slots=True)
class Receipts:
    session: Session

    def get(self, code: str) -> Receipt:
        """By its code, as people type it. Raises NotFound, NotACode."""
        wanted = select(Receipt).where(columns.code == str(PublicCode.parse(code)))
        found = self.session.scalars(wanted).first()
        if found is None:
            raise NotFound("There is no such receipt")
        return found

    def of_invoice(self, invoice: UUID) -> Receipt | None:
        wanted = select(Receipt).where(columns.invoice_id == invoice)
        return self.session.scalars(wanted).first()
