"""Who takes no part: declared on the side of the offices; an applicant excludes nobody."""

from typing import Any

from licensing_office import OfficeOfTests
from played_case import PlayedCase, play

from kernel.authority import Power

APPROVED = {"outcome": "approved"}


def slug(answer: Any) -> str:
    return str(answer.json()["type"]).rsplit(":", 1)[-1]


def owned(office: OfficeOfTests, who: dict[str, str]) -> tuple[PlayedCase, str]:
    """A case of theirs at its screening, and its party."""
    told = office.lodged(who)
    case = PlayedCase(office, told["application"], told["code"]).decided_up_to("screening")
    party = office.sql("select party_id from application where id = %s", case.id)[0][0]
    return case, str(party)


def declare(
    office: OfficeOfTests, who: dict[str, str], party: str, person: str | None = None
) -> Any:
    body = {"kind": "relative"} | ({"person": person} if person else {})
    return office.post(who, f"/parties/{party}/interests", body)


def test_an_applicant_excludes_no_officer_by_naming_them(office: OfficeOfTests) -> None:
    applicant = office.applicant()
    case, party = owned(office, applicant)
    officer = case.officer("screening", sub="unwanted")
    told = declare(office, applicant, party, "staff:unwanted")
    assert (told.status_code, told.json()["counts"]) == (201, False)
    assert case.post(officer, "screening", "decision", APPROVED).status_code == 200


def test_a_counter_officer_names_no_colleague(office: OfficeOfTests) -> None:
    clerk = office.officer("mines-north", Power.ASSIST_AT_COUNTER, sub="naming-clerk")
    party = office.cooperative(clerk, members=0)
    assert declare(office, clerk, party, "staff:unwanted").status_code == 403


def test_what_the_party_said_counts_once_who_appoints_there_says_so_too(
    office: OfficeOfTests,
) -> None:
    applicant = office.applicant()
    case, party = owned(office, applicant)
    officer = case.officer("screening", sub="cousin")
    declare(office, applicant, party, "staff:cousin")
    elsewhere = office.officer("mines-south", Power.APPROVE_APPOINTMENT)
    assert declare(office, elsewhere, party, "staff:cousin").status_code == 403
    head = office.officer("mines-north", Power.APPROVE_APPOINTMENT)
    told = declare(office, head, party, "staff:cousin")
    assert (told.status_code, told.json()["counts"]) == (201, True)
    done = case.post(officer, "screening", "decision", APPROVED)
    assert (done.status_code, slug(done)) == (403, "takes-no-part")


def test_the_public_reads_which_office_decided_and_not_who(office: OfficeOfTests) -> None:
    applicant = office.applicant()
    case, _ = owned(office, applicant)
    case.approve("screening")
    own = office.get(applicant, f"/applications/{case.code}/steps").json()["decisions"]
    assert [(one["office"], one["person"]) for one in own] == [("mines-north", None)]
    reader = office.officer("mines-north", Power.READ_CASES)
    seen = office.get(reader, f"/applications/{case.code}/steps").json()["decisions"]
    assert seen[0]["person"].startswith("staff:")


def test_who_filed_it_at_the_counter_does_not_decide_on_it(office: OfficeOfTests) -> None:
    powers = (Power.ASSIST_AT_COUNTER, Power.RECORD_STEP, Power.DECIDE_STEP)
    clerk = office.officer("mines-north", *powers, sub="filing-clerk")
    case, _ = owned(office, clerk)
    done = case.post(clerk, "screening", "decision", APPROVED)
    assert (done.status_code, slug(done)) == (403, "takes-no-part")


def test_who_registered_the_party_or_put_a_paper_does_not_decide_on_it(
    office: OfficeOfTests,
) -> None:
    case = play(office).decided_up_to("screening")
    registering, uploading = (case.officer("screening", sub=s) for s in ("registrar-1", "put-1"))
    office.sql(
        "update party set helper = 'staff:registrar-1' where id ="
        " (select party_id from application where id = %s)",
        case.id,
    )
    office.sql(
        "update document set uploaded_by = 'staff:put-1' where application_id = %s and kind ="
        " 'identity'",
        case.id,
    )
    for who in (registering, uploading):
        done = case.post(who, "screening", "decision", APPROVED)
        assert (done.status_code, slug(done)) == (403, "takes-no-part")
