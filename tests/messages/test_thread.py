"""The thread through messages: handed over, sent, delivered, told; and a miner signs in."""

from uuid import UUID, uuid4

from post_office import PostOffice, new_number

from tests.served import eventually


def test_a_notice_is_sent_delivered_and_told_to_its_case(office: PostOffice) -> None:
    sub, number = office.subscriber(language="sw")
    case = uuid4()
    notice = office.hand_over(f"public:{sub}", case=case)
    office.send()
    eventually(lambda: office.delivered(notice), "no report of the text came")
    (text,) = office.telecom.phone(number)
    assert text["body"].startswith("AMP-2026-000123-X: malipo yamefika")
    told = {"notice": str(notice), "kind": "receipt-confirmed", "channel": "sms"}
    assert office.journal(case) == [("notice.sent", told)]
    assert office.sql("select workflow_id from outbox where subject = %s", case) == [
        (f"application:{case}",)
    ]
    shown = office.sql(
        'select "case", channel, sent_at is null, delivered_at is null, failed'
        " from audit_v1.notices where id = %s",
        notice,
    )
    assert shown == [(case, "sms", False, False, None)]


def test_a_miner_signs_in_by_phone(office: PostOffice) -> None:
    number = new_number()
    claims = office.keycloak().sign_in(number)
    assert (claims["phone_number"], claims["nonce"]) == (number, "n-1")
    assert (claims["iss"], claims["aud"]) == (office.settings.phone_issuer, "keycloak")
    assert UUID(claims["sub"])
    assert number[1:] not in claims["sub"]
    assert office.keycloak().sign_in(number)["sub"] == claims["sub"]
