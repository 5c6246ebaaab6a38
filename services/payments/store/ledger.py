"""Writing the books: an entry is added once and never changed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from services.payments.domain.ledger import Entry
from services.payments.store.tables import account, ledger_line, ledger_transaction


def write(session: Session, transaction: UUID, entry: Entry, at: datetime) -> None:
    """Write an entry. A second one of the same kind about the same thing breaks a constraint."""
    session.flush()
    session.execute(
        insert(ledger_transaction).values(
            id=transaction,
            kind=entry.kind,
            business_id=entry.business,
            lines=len(entry.lines),
            provider=entry.provider,
            provider_ref=entry.provider_ref,
            at=at,
        )
    )
    names = sorted(entry.lines)
    opened = [{"name": name, "opened_at": at} for name in names]
    session.execute(upsert(account).on_conflict_do_nothing(), opened)
    session.execute(
        insert(ledger_line),
        [
            {
                "transaction_id": transaction,
                "account": name,
                "minor": entry.lines[name],
                "currency": entry.currency,
            }
            for name in names
        ],
    )
