"""The thread through payments: raised, paid on the phone, posted, receipted, told."""

from payments_counter import Counter

from tests.served import eventually


def test_an_invoice_is_raised_paid_posted_and_told(counter: Counter) -> None:
    invoice = counter.invoice()
    assert (invoice["minor"], invoice["currency"]) == (40_00, "EXD")
    payment = counter.begun(invoice)
    eventually(lambda: counter.paid(invoice), "the payment never arrived")
    assert counter.status(payment) == ("completed", "invoice")
    told = counter.journal(invoice["application_id"])
    assert [row[0] for row in told] == ["invoice.raised", "invoice.paid"]
    assert told[1][1]["receipt"].startswith("RCT-")
    outbox = counter.sql(
        "select workflow_id, event ->> 'name' from outbox where subject in (%s, %s) order by id",
        invoice["application_id"],
        invoice["id"],
    )
    case, own = f"application:{invoice['application_id']}", f"invoice:{invoice['id']}"
    assert outbox == [
        (case, "invoice.raised"),
        (own, "invoice.raised"),
        (case, "invoice.paid"),
        (own, "invoice.paid"),
    ]
    assert counter.books(payment) == {
        "float:mobile-money": 40_00,
        "receivable": -40_00,
        "assessed": 40_00,
        "payable:treasury": -26_00,
        "payable:council-hillside": -14_00,
    }
