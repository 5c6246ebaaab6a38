"""Writing the books: an entry is added once and never changed."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.database import send
from services.payments.domain.ledger import Entry

ENTRY: Final = """
with entry as (
  insert into ledger_transaction (id, kind, business_id, lines, provider, provider_ref, at)
  values (%(id)s, %(kind)s, %(business)s, %(lines)s, %(provider)s, %(reference)s, %(at)s)
), opened as (
  insert into account (name, opened_at)
  select name, %(at)s from unnest(%(names)s::text[]) as name order by name
  on conflict do nothing
)
insert into ledger_line (transaction_id, account, minor, currency)
select %(id)s, account, minor, %(currency)s
from unnest(%(names)s::text[], %(minors)s::bigint[]) with ordinality as line (account, minor, n)
order by n"""
"""In one round trip; accounts in one order, so that two entries never wait for each other."""


def write(session: Session, transaction: UUID, entry: Entry, at: datetime) -> None:
    """Write an entry. A second one of the same kind about the same thing breaks a constraint."""
    session.flush()
    names = sorted(entry.lines)
    values = {
        "id": transaction,
        "kind": entry.kind.value,
        "business": entry.business,
        "lines": len(names),
        "provider": entry.provider,
        "reference": entry.provider_ref,
        "at": at,
        "names": names,
        "minors": [entry.lines[name] for name in names],
        "currency": entry.currency,
    }
    send(session, ENTRY, values)
