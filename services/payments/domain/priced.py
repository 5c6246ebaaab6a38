"""Lines as an invoice keeps them."""

from kernel.law.quote import PricedLine
from services.payments.domain.invoice import LineOwed


def owed_line(line: PricedLine) -> LineOwed:
    return LineOwed(
        id=line.id,
        title=line.title,
        basis=line.basis.value,
        quantity=line.quantity,
        rate=line.rate,
        minor=line.minor,
    )
