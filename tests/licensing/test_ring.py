"""A case from lodgement to its certificate, through licensing's acts and the real engine."""

from licensing_office import OfficeOfTests
from played_case import play


def test_a_case_goes_from_lodgement_to_a_certificate(office: OfficeOfTests) -> None:
    case = play(office).decided_up_to()
    assert case.state.issuance is not None, case.facts()
    case.issue()
    case.go_on()
    assert case.state.closed == "granted"
    assert case.facts()[-1] in ("case.closed", "notice.sent")
