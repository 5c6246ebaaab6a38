"""Gateways that are away, refuse, fail or say nothing."""

from uuid import uuid4

from post_office import PostOffice

from contracts.messages.language import Reported
from services.messages.domain.notice import LAST_LOOK
from services.messages.gateways.nowhere import texts_of
from tests.served import eventually


def test_a_telecom_that_was_down_is_tried_again_until_it_is_up(office: PostOffice) -> None:
    sub, number = office.subscriber()
    notice = office.hand_over(f"public:{sub}", case=uuid4())
    office.telecom.fault(down=True)
    office.send()
    row = office.row(notice)
    assert (row["sent_at"], row["failed"], row["attempts"]) == (None, None, 1)
    assert row["next_try"] is not None
    office.telecom.clear()
    office.retry_now()
    office.send()
    eventually(lambda: office.delivered(notice), "no report of the text came")
    assert len(office.telecom.phone(number)) == 1


def test_a_telecom_nobody_answers_at_is_an_outage_too(office: PostOffice) -> None:
    sub, _ = office.subscriber()
    notice = office.hand_over(f"public:{sub}")
    dispatch = office.dispatch()
    nowhere = office.settings.model_copy(update={"sms_url": "http://127.0.0.1:9"})
    dispatch.texts.close()
    dispatch.texts = texts_of(nowhere)
    assert dispatch.send_texts() == 0
    dispatch.texts.close()
    assert (office.row(notice)["failed"], office.row(notice)["attempts"]) == (None, 1)


def test_one_reader_who_cannot_be_reached_holds_up_nobody_else(office: PostOffice) -> None:
    gone, there = office.subscriber(), office.subscriber()
    office.telecom.fault(gone[1], down=True)
    first, second = (office.hand_over(f"public:{sub}") for sub in (gone[0], there[0]))
    office.send()
    assert office.row(first)["sent_at"] is None
    assert office.row(second)["sent_at"] is not None


def test_an_outage_of_the_mail_server_holds_up_no_texts(office: PostOffice) -> None:
    sub, _ = office.subscriber()
    address = office.desk.country.newest.office("mines-north").email
    told = {"code": "AMP-2026-000123-X", "reason": "The ground is taken"}
    mail = office.hand_over("office:mines-north", "office-issuance-returned", params=told)
    text = office.hand_over(f"public:{sub}")
    office.telecom.fault(address, down=True)
    office.send()
    assert (office.row(mail)["sent_at"], office.row(mail)["failed"]) == (None, None)
    assert office.row(text)["sent_at"] is not None
    office.telecom.clear()
    office.retry_now()
    office.send()
    assert office.row(mail)["sent_at"] is not None
    subject = "AMP-2026-000123-X: the licence could not be issued"
    assert office.telecom.mailbox(address)[-1]["subject"] == subject


def test_a_number_out_of_service_is_a_failure_told_to_the_case(office: PostOffice) -> None:
    sub, number = office.subscriber()
    office.telecom.fault(number, refuse=True)
    case = uuid4()
    notice = office.hand_over(f"public:{sub}", case=case)
    office.send()
    office.retry_now()
    office.send()
    ((name, told),) = office.journal(case)
    assert (name, told["reason"], told["sent"]) == ("notice.failed", "refused", False)
    assert told["notice"] == str(notice)


def test_a_mailbox_that_does_not_exist_is_a_failure(office: PostOffice) -> None:
    address = office.desk.country.newest.office("mines-south").email
    office.telecom.fault(address, refuse=True)
    told = {"code": "AMP-2026-000123-X", "reason": "The ground is taken"}
    notice = office.hand_over("office:mines-south", "office-issuance-returned", params=told)
    office.send()
    assert office.row(notice)["failed"] == "refused"


def test_a_text_that_never_arrives_was_sent_and_has_failed(office: PostOffice) -> None:
    sub, number = office.subscriber()
    office.telecom.fault(number, delivery="failed")
    case = uuid4()
    notice = office.hand_over(f"public:{sub}", case=case)
    office.send()
    eventually(lambda: office.row(notice)["failed"] is not None, "no report of the text came")
    assert office.row(notice)["failed"] == "not-delivered"
    assert [name for name, _ in office.journal(case)] == ["notice.sent", "notice.failed"]


def test_a_text_without_a_report_is_asked_about(office: PostOffice) -> None:
    sub, number = office.subscriber()
    office.telecom.fault(number, delivery="silent")
    notice = office.hand_over(f"public:{sub}")
    office.send()
    dispatch = office.dispatch()
    assert dispatch.look() == 0
    office.retry_now()
    assert dispatch.look() == 1
    assert office.row(notice)["delivered_at"] is None
    office.sql("update notice set looks = %s, next_look = now() where id = %s", LAST_LOOK, notice)
    dispatch.look()
    assert office.row(notice)["next_look"] is None
    dispatch.texts.close()


def test_a_lost_report_is_made_good_by_asking(office: PostOffice) -> None:
    sub, _ = office.subscriber()
    lost = office.settings.model_copy(update={"callback_url": "http://127.0.0.1:9/lost"})
    notice = office.hand_over(f"public:{sub}")
    dispatch = office.dispatch()
    dispatch.texts.close()
    dispatch.texts = texts_of(lost)
    dispatch.send_texts()
    reference = office.row(notice)["provider_ref"]
    asked = f"{office.telecom.url}/messages/{reference}"
    eventually(
        lambda: office.telecom.http.get(asked).json()["status"] == "delivered", "not delivered"
    )
    office.retry_now()
    dispatch.look()
    dispatch.texts.close()
    assert office.delivered(notice)


def test_an_answer_about_another_text_is_no_answer(office: PostOffice) -> None:
    (mine, _), (other, _) = office.subscriber(), office.subscriber()
    delivered = office.hand_over(f"public:{other}")
    office.send()
    eventually(lambda: office.delivered(delivered), "no report of the text came")
    reference = office.row(delivered)["provider_ref"]
    gateway, waiting = office.app.state.texts, office.hand_over(f"public:{mine}")
    eventually(lambda: gateway.look_up(reference, delivered) is Reported.DELIVERED, "not delivered")
    assert gateway.look_up(reference, waiting) is Reported.UNDER_WAY
