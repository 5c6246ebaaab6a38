"""How often, and for how long, an office may stop its own clock in one round of a step."""

from datetime import timedelta

import pytest
from licensing_office import OfficeOfTests
from played_case import PlayedCase

from services.licensing.domain.request import AskedOften, must_still_ask

QUESTION = {"reason": "other", "question": "Which of them?"}


def test_a_fourth_request_in_one_round_is_refused(office: OfficeOfTests) -> None:
    who = office.applicant()
    told = office.lodged(who)
    case = PlayedCase(office, told["application"], told["code"]).decided_up_to("screening")
    clerk = case.officer("screening")
    for _ in range(3):
        assert case.post(clerk, "screening", "request", QUESTION).status_code == 200
        assert case.post(who, "screening", "reply", {"reply": "This one"}).status_code == 200
    refused = case.post(clerk, "screening", "request", QUESTION)
    assert refused.status_code == 409
    assert refused.json()["type"].endswith("asked-often")


def test_a_round_is_stopped_for_ninety_days_at_most() -> None:
    must_still_ask(2, timedelta(days=76), 14)
    with pytest.raises(AskedOften):
        must_still_ask(2, timedelta(days=77), 14)
