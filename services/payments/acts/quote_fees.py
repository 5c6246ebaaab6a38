"""Quote fees: the total cost of a licence before anybody starts; nothing is recorded."""

from chassis.signing import NotGenuine
from chassis.unit_of_work import UnitOfWork
from contracts.payments.wire import Amount, FeeView, QuoteAsked, QuoteView, ShareView, Signed
from kernel.law.compile import OfficeUnknown
from kernel.law.editions import Edition
from kernel.law.quote import QuotedFee, Share, quote, split, split_mode
from kernel.money import Money, NotAnAmount
from kernel.problems import Malformed
from services.payments.desk import Desk
from services.payments.domain.ground import PURPOSE, Ground, GroundStatementNotOurs
from services.payments.domain.priced import owed_line
from services.payments.domain.shown import show_line, titles

Facts = dict[str, object]


class TooLargeToPrice(Malformed):
    """The facts lead to an amount that no invoice could hold."""

    title = "Nobody can apply for that much"


def quote_fees(work: UnitOfWork, desk: Desk, asked: QuoteAsked) -> QuoteView:
    """Every fee by the edition in force. Raises NoSuchLaw and what is wrong with the statement."""
    edition = desk.edition_on(work.now)
    facts: Facts = asked.facts.model_dump(mode="json", exclude_unset=True)
    if asked.ground is not None:
        facts |= ground_of(work, desk, asked.ground, asked.licence_type).facts()
    try:
        fees = quote(edition, asked.licence_type, facts, asked.procedure)
        shown = [show_fee(edition, fee, facts) for fee in fees]
        total = Money(sum(fee.minor for fee in fees), edition.rules.country.currency.code)
    except NotAnAmount as large:
        raise TooLargeToPrice("The facts lead to an amount without bounds") from large
    return QuoteView(
        licence_type=asked.licence_type,
        procedure=asked.procedure,
        edition=edition.ref.edition,
        fees=shown,
        total=Amount(minor=total.minor, currency=total.currency),
        as_of=work.now,
    )


def ground_of(work: UnitOfWork, desk: Desk, signed: Signed, licence_type: str) -> Ground:
    """What the cadastre signed. Raises GroundStatementNotOurs and what `Ground.read` raises."""
    try:
        body = desk.keyring.verify(signed.model_dump(), PURPOSE)
    except NotGenuine as forged:
        raise GroundStatementNotOurs(forged.detail) from forged
    return Ground.read(body, licence_type, work.now)


def show_fee(edition: Edition, fee: QuotedFee, facts: Facts) -> FeeView:
    texts = edition.rules.texts
    return FeeView(
        step=fee.step,
        fee=fee.fee,
        titles=titles(texts, fee.title),
        article=fee.article,
        lines=[show_line(owed_line(line), fee.currency, texts) for line in fee.lines],
        shares=[
            ShareView(
                beneficiary=share.beneficiary,
                titles=titles(texts, share.title),
                basis_points=share.basis_points,
                amount=Amount(minor=share.minor, currency=fee.currency),
            )
            for share in parts(edition, fee, facts)
        ],
        mode=split_mode(edition, fee.fee),
        total=Amount(minor=fee.minor, currency=fee.currency),
    )


def parts(edition: Edition, fee: QuotedFee, facts: Facts) -> tuple[Share, ...]:
    """Who receives it; where no office follows from the facts yet, its agency stands there."""
    try:
        return split(edition, fee.fee, fee.minor, facts)
    except OfficeUnknown:
        return split(edition, fee.fee, fee.minor)
