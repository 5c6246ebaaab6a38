"""Posting a payment (split, receipt, log, outbox), and its entry alone, against two bare lines."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from chassis.settings import ServiceSettings
from contracts.command_args import RaiseInvoice
from contracts.payments.language import PaymentStatus
from contracts.payments.wire import NewPayment
from kernel.authority import Actor, Realm, clockwork
from kernel.codes import PublicCode
from kernel.commands import Command, Operation
from kernel.events import ActorKind
from kernel.money import Money
from services.payments.activities.invoicing import Invoicing
from services.payments.acts.begin_payment import begin_payment
from services.payments.acts.record_answer import record_answer
from services.payments.domain import ledger
from services.payments.domain.payment import Answer
from services.payments.store.ledger import write
from services.payments.teller import Teller
from tests.bench.clones import clone, connections, twin
from tests.bench.measure import ROUNDS, THREADS, Measure, interleaved, rate_of
from tests.experiments.r15_doors import FACTS
from tests.experiments.scratch import scratch
from tests.own_database import as_owner

POSTINGS = 120
GOAL = 0.6
AT = datetime(2026, 6, 1, tzinfo=UTC)
LINES = """
with tx as (
  insert into bare.ledger_transaction (id, kind, business_id, lines, provider, provider_ref, at)
  values (%(id)s, 'payment', %(id)s, 2, 'mobile-money', %(ref)s, %(at)s) returning id
)
insert into bare.ledger_line (transaction_id, account, minor, currency)
select id, 'provider:mobile-money', 5000, 'EXD' from tx
union all select id, 'treasury', -5000, 'EXD' from tx
"""


def measure(admin: str, seed: int) -> list[Measure]:
    """The whole act, from the provider's answer on; the limit balances nothing and tells nobody.

    `posting-entry` is the part that the limit is like: our balanced entry, its accounts and the
    deferred check of its sum, in a unit of work. The goal is kept for the whole act.
    """
    with scratch(admin) as place:
        settings = place.settings("payments", pool=THREADS)
        teller = place.app(settings).state.teller
        total = POSTINGS * (ROUNDS + 1)
        amount, ids = intents(settings, teller, total)
        waiting, doors = iter(ids), connections(settings)

        def post(payment: UUID) -> None:
            answer = Answer(PaymentStatus.COMPLETED, payment.hex, amount, "EXD")
            worker = clockwork("payments")
            teller.works.run(worker, lambda w: record_answer(w, teller.desk, payment, answer))

        def bare(one: UUID) -> None:
            door = doors.get()
            with door.transaction():
                door.execute(LINES, {"id": one, "ref": one.hex, "at": AT})
            doors.put(door)

        ours, limit = interleaved(
            lambda _: rate_of(post, [next(waiting) for _ in range(POSTINGS)]),
            lambda _: rate_of(bare, [uuid4() for _ in range(POSTINGS)]),
        )
        entries, plain = interleaved(
            lambda _: rate_of(lambda one: enter(teller, one), [uuid4() for _ in range(POSTINGS)]),
            lambda _: rate_of(bare, [uuid4() for _ in range(POSTINGS)]),
        )
        paid = as_owner(settings, "select count(*) from receipt")[0][0]
        assert paid == total, f"{paid} of {total} were paid"
        teller.close()
    return [
        Measure("posting", ours, limit, GOAL, "payments per second", seed),
        Measure("posting-entry", entries, plain, None, "entries per second", seed),
    ]


def enter(teller: Teller, one: UUID) -> None:
    """Our own entry of two lines, in a unit of work."""
    entry = ledger.payment_held(one, Money(5000, "EXD"), "mobile-money", one.hex)
    worker = clockwork("payments")
    teller.works.run(worker, lambda work: write(work.session, one, entry, work.now))


def intents(settings: ServiceSettings, teller: Teller, number: int) -> tuple[str, list[UUID]]:
    """So many open invoices with a payment begun for each; the amount as a provider spells it."""
    Invoicing(teller).raise_invoice(raising(teller))
    code, minor = as_owner(settings, "select code, minor from invoice")[0]
    asked = NewPayment(msisdn="+255700000001")
    payer = Actor(kind=ActorKind.APPLICANT, person="public:p1", realm=Realm.PUBLIC)
    teller.works.run(payer, lambda work: begin_payment(work, code, asked))
    fresh = "gen_random_uuid()"
    clone(
        settings,
        "invoice",
        number,
        f"t.code = '{code}'",
        id=fresh,
        application_id=fresh,
        number="1000 + n",
        code="'B-' || n",
    )
    where = f"t.invoice_id = (select id from invoice where code = '{code}')"
    number_of = "(select id from invoice where code = 'B-' || n)"
    clone(settings, "payment_intent", number, where, id=fresh, invoice_id=number_of)
    query = "select p.id from payment_intent p join invoice i on i.id = p.invoice_id"
    rows = as_owner(settings, f"{query} where i.code like 'B-%%'")
    twin(settings, "ledger_transaction", "ledger_line")
    return f"{minor // 100}.{minor % 100:02d}", [row[0] for row in rows]


def raising(teller: Teller) -> Command:
    case = uuid4()
    told = RaiseInvoice(
        step="application-fee",
        round=1,
        fee="artisanal-application",
        licence_type="artisanal-permit",
        due_at=datetime.now(UTC) + timedelta(days=10),
        facts=FACTS,
        payer="public:p1",
        application_code=str(PublicCode("AP", 2026, 1)),
    )
    return Command(
        key=f"{case}:application-fee:1:raise_invoice:1",
        application_id=case,
        operation=Operation.RAISE_INVOICE,
        subject="application-fee",
        round=1,
        edition=teller.desk.country.newest.ref,
        args=told.model_dump(mode="json"),
        at=datetime.now(UTC),
    )
