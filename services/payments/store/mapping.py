"""Maps payments' plain entities to its tables; importing this module is enough."""

from sqlalchemy.orm import registry

from services.payments.domain.invoice import Invoice
from services.payments.domain.payment import Payment
from services.payments.domain.receipt import Receipt
from services.payments.domain.share import Batch, HeldMoney, Hint, Schedule, Share
from services.payments.store import tables

mapper_registry = registry(metadata=tables.metadata)


def map_entities() -> None:
    """Map each entity once; a second call changes nothing."""
    if list(mapper_registry.mappers):
        return
    to = mapper_registry.map_imperatively
    to(Invoice, tables.invoice)
    to(Payment, tables.payment_intent)
    to(Receipt, tables.receipt)
    to(Share, tables.split_instruction)
    to(Batch, tables.payout_batch)
    to(Schedule, tables.payment_schedule)
    to(HeldMoney, tables.held_money)
    to(Hint, tables.callback_hint)


map_entities()
