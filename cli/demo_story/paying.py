"""The story's money: mobile money with a callback too many and a forged one; who gets what."""

from collections.abc import Iterator
from datetime import timedelta

from cli.demo_ring.casework import Case
from cli.demo_ring.waiting import until
from cli.demo_story.applying import money
from cli.demo_story.story import Story
from cli.demo_story.telling import must
from contracts.payments.client import Payments
from contracts.payments.language import InvoiceStatus, PaymentStatus, ShareStatus
from contracts.payments.wire import InvoiceView, LedgerLine, ScheduleView, ShareLine
from deploy.stack.layout import Refused


def pay_application_fee(story: Story, case: Case) -> None:
    """A forged callback changes nothing; the true one comes twice and counts once."""
    tell = story.tell
    tell.section("The application fee is paid by mobile money")
    invoice = case.invoice("application-fee")
    where = story.service("payments", f"/invoices/{invoice.code}")
    tell.fact(f"Invoice {invoice.code}: {money(invoice.amount)}, due {invoice.due_at:%d %b}", where)
    answer = story.ring.forge({
        "originalTransactionReference": str(invoice.id),
        "amount": f"{invoice.amount.minor / 100:.2f}", "currency": invoice.amount.currency,
    })
    still = case.invoice("application-fee").status
    must(still is InvoiceStatus.OPEN, "a forged callback pays nothing")
    tell.fact(f"A forged callback says that it is paid: answered {answer}, believed by nobody; "
              f"the invoice is {still}", f"{story.ring.address('mobile-money')}/control/calls")
    story.ring.put("mobile-money", f"/control/faults/{case.miner.number}", {"callback": "twice"})
    payment = case.pay("application-fee")
    must(payment.status is PaymentStatus.COMPLETED, "the payment is completed")
    paid = case.paid("application-fee")
    tell.fact(f"Paid from the chair's phone ({payment.provider_ref}); the operator calls back "
              "twice", story.service("payments", f"/payments/{payment.id}"))
    tell.fact(f"It is booked once: receipt {paid.receipt}",
              story.service("payments", f"/receipts/{paid.receipt}"))


def pay_grant_fee(story: Story, case: Case) -> None:
    """Pay what the offer asks."""
    invoice = case.invoice("grant-fee")
    lines = ", ".join(f"{line.titles['en'].lower()} {money(line.amount)}" for line in invoice.lines)
    story.tell.fact(f"Invoice {invoice.code}: {money(invoice.amount)} ({lines})",
                    story.service("payments", f"/invoices/{invoice.code}"))
    case.pay("grant-fee")
    paid = case.paid("grant-fee")
    receipt = case.miner.payments.receipt(str(paid.receipt))
    file = story.tell.keep("payment-receipt.json", receipt)
    story.tell.verify("receipt", file, story.ring.public_key("payments-receipts"))
    story.tell.fact(f"Paid; verify.py believes the receipt {paid.receipt}", str(file))


def show_books(story: Story, case: Case) -> None:
    """The ledger of both fees, the trial balance, and each beneficiary's share."""
    tell = story.tell
    tell.section("The books: what came in, who receives it, and that it adds up")
    books = story.ring.officer("cashier.north").payments
    story.ring.move_clock(story.ring.clock.now() + timedelta(days=1),
                          lambda line: tell.fact(f"clock: {line}"))
    until("the treasury is instructed", lambda: all_carried_out(story, case.invoice("grant-fee")))
    ledger = list(whole_ledger(books))
    for step in ("application-fee", "grant-fee"):
        show_fee(story, case, step, ledger)
    schedule = newest_schedule(books)
    tell.fact(f"Signed schedule {schedule.number} tells the treasury what to pay on",
              story.service("payments", f"/schedules/{schedule.number}"))
    trial = books.balances()
    must(not trial.off, "the books balance")
    tell.fact(f"Trial balance of {len(trial.balances)} accounts: off by nothing",
              story.service("payments", "/ledger/balances"))
    tell.remember("Ledger (cashier.north)", story.service("payments", "/ledger/balances"))


def show_fee(story: Story, case: Case, step: str, ledger: list[LedgerLine]) -> None:
    """One fee: booked once, and each beneficiary's part of it to the minor unit."""
    invoice = case.invoice(step)
    must(sum(s.amount.minor for s in invoice.shares) == invoice.amount.minor, "shares add up")
    tries = {payment.id for payment in case.miner.payments.payments_of(invoice.id)}
    posted = [line for line in ledger if line.business_id in tries]
    must(len({line.tx for line in posted}) == 1, "the payment is posted once")
    must(sum(line.amount.minor for line in posted) == 0, "the entry adds up to nothing")
    story.tell.fact(f"{invoice.titles['en'].capitalize()}, {money(invoice.amount)}: posted once, "
                    f"{len(posted)} lines that add up to nothing",
                    story.service("payments", "/ledger"))
    for share in invoice.shares:
        line = share_line(story, invoice, share.beneficiary)
        story.tell.fact(
            f"{share.titles['en']}: {money(share.amount)} "
            f"({share.basis_points / 100:g} per cent, {line.status})",
            story.service("payments", f"/beneficiaries/{share.beneficiary}/statement"),
        )


def all_carried_out(story: Story, invoice: InvoiceView) -> bool:
    """Whether no share of the invoice is still due."""
    lines = [share_line(story, invoice, share.beneficiary) for share in invoice.shares]
    return all(line.status not in (ShareStatus.DUE, ShareStatus.ASKED) for line in lines)


def newest_schedule(books: Payments) -> ScheduleView:
    """The last schedule that was signed. Raises Refused when there is none."""
    last: ScheduleView | None = None
    while page := books.schedules(last.number if last else 0):
        last = page[-1]
    if last is None:
        raise Refused("No schedule was ever signed")
    return last


def share_line(story: Story, invoice: InvoiceView, beneficiary: str) -> ShareLine:
    """How far a share of an invoice is carried out. Raises Refused when there is none."""
    books, after = story.ring.officer("cashier.north").payments, None
    while True:
        page = books.shares(beneficiary, after=after)
        found = [line for line in page.shares if line.invoice == invoice.code]
        if found:
            return found[0]
        after = page.next
        if after is None:
            raise Refused(f"{invoice.code} is not shared with {beneficiary}")


def whole_ledger(books: Payments) -> Iterator[LedgerLine]:
    """Every line, page after page."""
    after = None
    while True:
        page = books.ledger(after=after)
        yield from page.lines
        after = page.next
        if after is None:
            return
