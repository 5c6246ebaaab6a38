"""What an act costs and who receives it: tariffs and splits, to the last minor unit."""

from collections.abc import Mapping
from decimal import ROUND_CEILING, Decimal
from typing import NamedTuple

from kernel.law import conditions
from kernel.law.compile import as_facts, office_for, seen_in
from kernel.law.editions import Edition
from kernel.law.facts import CaseFacts
from kernel.law.fees import Basis, Fee, FeeLine, SplitMode
from kernel.law.plan import StepKind
from kernel.money import Money, price


class PricedLine(NamedTuple):
    """One line: `quantity` of what it is counted by, at `rate` each; amounts in minor units."""

    id: str
    title: str
    basis: Basis
    quantity: str
    rate: int
    minor: int


class Share(NamedTuple):
    """One beneficiary's part. `beneficiary` is the ledger account: for a council its office id."""

    beneficiary: str
    title: str
    basis_points: int
    minor: int


class QuotedFee(NamedTuple):
    """A fee that an application will meet, at which step, and what it comes to (minor units)."""

    step: str
    fee: str
    title: str
    lines: tuple[PricedLine, ...]
    minor: int
    currency: str
    article: str


def quote(
    edition: Edition,
    licence_type: str,
    facts: CaseFacts | Mapping[str, object],
    procedure: str = "new",
) -> tuple[QuotedFee, ...]:
    """Every fee of a procedure, in the order of its steps: the total cost before one starts."""
    known = as_facts(facts)
    names = seen_in(edition, known)
    quoted = []
    for step in edition.procedure(licence_type, procedure).steps:
        if step.kind is StepKind.FEE and step.fee and conditions.holds(step.when, names):
            fee = edition.fee(step.fee)
            lines, minor = fee_lines(edition, fee.id, known)
            currency = edition.rules.country.currency.code
            quoted.append(
                QuotedFee(step.id, fee.id, fee.title, lines, minor, currency, fee.article)
            )
    return tuple(quoted)


def fee_lines(
    edition: Edition, fee_id: str, facts: CaseFacts | Mapping[str, object]
) -> tuple[tuple[PricedLine, ...], int]:
    """The lines of a fee and their total in minor units.

    Lines are rounded each, the total is their sum; where the least or most amount moves it, a line
    `least` or `most` says by how much. Lines whose condition is false are left out.
    """
    known, fee = as_facts(facts), edition.fee(fee_id)
    names = seen_in(edition, known)
    lines = [
        _priced(edition, fee, line, known)
        for line in fee.lines
        if conditions.holds(line.when, names)
    ]
    total = sum(line.minor for line in lines)
    for bound, amount in (("least", fee.least), ("most", fee.most)):
        minor = _minor(edition, amount) if amount else total
        if (minor > total) if bound == "least" else (minor < total):
            lines.append(
                PricedLine(bound, fee.title, Basis.FIXED, "1", minor - total, minor - total)
            )
            total = minor
    return tuple(lines), total


def split(
    edition: Edition,
    fee_id: str,
    total: int,
    facts: CaseFacts | Mapping[str, object] | None = None,
) -> tuple[Share, ...]:
    """Who receives how much of `total` minor units; the shares add up exactly.

    A beneficiary that stands for the offices of an agency becomes the office in whose jurisdiction
    the ground lies, when the facts are given.
    """
    known = None if facts is None else as_facts(facts)
    points = {share.beneficiary: share.basis_points for share in edition.fee(fee_id).split.shares}
    money = Money(total, edition.rules.country.currency.code).shared_by_basis_points(points)
    return tuple(
        Share(
            _account(edition, name, known), edition.beneficiary(name).title, part, money[name].minor
        )
        for name, part in points.items()
    )


def split_mode(edition: Edition, fee_id: str) -> SplitMode:
    """How the split of a fee is carried out."""
    return edition.fee(fee_id).split.mode


def _account(edition: Edition, name: str, facts: CaseFacts | None) -> str:
    agency = edition.beneficiary(name).agency
    return name if agency is None or facts is None else office_for(edition, agency, facts)


def _priced(edition: Edition, fee: Fee, line: FeeLine, facts: CaseFacts) -> PricedLine:
    rate = _minor(edition, line.by_holder.get(facts.party_kind, line.amount))
    quantity = _quantity(line, facts)
    money = price(
        Money(rate, edition.rules.country.currency.code),
        quantity,
        fee.rounding.mode,
        _minor(edition, fee.rounding.to),
    )
    return PricedLine(line.id, line.title, line.basis, str(quantity), rate, money.minor)


def _quantity(line: FeeLine, facts: CaseFacts) -> Decimal:
    if line.basis is Basis.PER_HECTARE:
        hectares = Decimal(facts.hectares)
        return hectares.to_integral_value(ROUND_CEILING) if line.whole_hectares else hectares
    counted = {Basis.FIXED: 1, Basis.PER_UNIT: facts.units, Basis.PER_MEMBER: facts.members}
    return Decimal(counted[line.basis])


def _minor(edition: Edition, amount: str) -> int:
    currency = edition.rules.country.currency
    return Money.parse(amount, currency.code, currency.exponent).minor
