"""A conditional place: confirmed once it was paid for, by the clockwork and nobody else."""

from uuid import UUID

from licensing_office import OfficeOfTests

from contracts.procedures import Ack
from kernel.commands import Command, Operation
from kernel.events import EditionRef
from services.licensing.activities.confirming import Confirming
from services.licensing.worker import activities


def lodged(office: OfficeOfTests, who: dict[str, str]) -> str:
    draft = office.ready(who, "identity", licence_type="buyers-licence", district="riverside")
    assert office.lodge(who, draft, ground=None).status_code == 201
    return draft


def command(office: OfficeOfTests, case: str, n: int = 1) -> Command:
    return Command(
        key=f"{case}:case:0:confirm_receipt:{n}",
        application_id=UUID(case),
        operation=Operation.CONFIRM_RECEIPT,
        subject="case",
        round=0,
        edition=EditionRef(
            **office.sql("select edition from journal where case_id = %s", case)[0][0]
        ),
        at=office.now(),
    )


def test_payment_makes_the_place_count_with_a_second_receipt(office: OfficeOfTests) -> None:
    who = office.applicant()
    case = lodged(office, who)
    confirming = Confirming(office.works, office.desk)
    assert confirming.confirm_receipt(command(office, case)) == Ack(seq=2)
    first = office.get(who, f"/applications/{case}/receipts/conditional").json()
    final = office.get(who, f"/applications/{case}/receipts/final").json()
    assert final["body"]["counts_only_when_paid_by"] is None
    assert final["body"]["lodged"] == first["body"]["lodged"]
    assert final["body"]["log"] == first["body"]["log"]
    assert final["body"]["lodged_at"] == first["body"]["lodged_at"]
    assert final["short_code"] != first["short_code"]
    office.desk.keyring.verify(final, "receipt")
    shown = office.get(who, f"/applications/{case}").json()
    assert (shown["conditional"], shown["pay_by"]) == (False, None)
    notices = office.journal(case)[1][4]["notices"]
    assert [n["kind"] for n in notices] == ["receipt-confirmed"]


def test_a_repeated_command_gets_the_first_answer_and_writes_nothing(office: OfficeOfTests) -> None:
    who = office.applicant()
    case = lodged(office, who)
    confirming = Confirming(office.works, office.desk)
    first = confirming.confirm_receipt(command(office, case))
    assert confirming.confirm_receipt(command(office, case)) == first
    assert confirming.confirm_receipt(command(office, case, n=2)) == Ack()
    assert [row[1] for row in office.journal(case)] == ["application.lodged", "receipt.confirmed"]


def test_a_place_that_counts_already_needs_no_confirmation(office: OfficeOfTests) -> None:
    case = office.lodged(office.applicant())["application"]
    assert Confirming(office.works, office.desk).confirm_receipt(command(office, case)) == Ack()


def test_receipts_are_read_by_those_who_may_see_the_file(office: OfficeOfTests) -> None:
    who = office.applicant()
    case = office.lodged(who)["application"]
    assert office.get(who, f"/applications/{case}/receipts/final").status_code == 200
    assert office.get(who, f"/applications/{case}/receipts/conditional").status_code == 404
    assert office.get(office.applicant(), f"/applications/{case}/receipts/final").status_code == 404


def test_the_worker_offers_the_operation_under_its_name(office: OfficeOfTests) -> None:
    offered = activities(office.app.state.database, office.desk, office.app.state.files)
    names = {getattr(one, "__temporal_activity_definition").name for one in offered}
    assert "confirm_receipt" in names
