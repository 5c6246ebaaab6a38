"""Issuing: seniors are waited for, the certificate proves itself, a refused grant comes back."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from issued_licences import keyed, licence_of, public, unpacked, verify_py
from licensing_office import OfficeOfTests
from played_case import PlayedCase, play

from chassis.signing import make_key
from contracts import procedures as p
from kernel.authority import clockwork
from kernel.events import Source
from kernel.problems import Problem
from services.licensing.acts.reserve_licence_code import reserve_licence_code
from services.licensing.store.licences import Licences

ROOT = Path(__file__).resolve().parents[2]


def test_the_licence_begins_with_its_leaf_and_its_term(
    office: OfficeOfTests, issued: PlayedCase
) -> None:
    code = licence_of(issued)
    assert code.startswith("AMP-")
    told = office.get({}, f"/licences/{code}").json()
    assert told["in_force"] is True
    begins, ends = (datetime.fromisoformat(told[n]) for n in ("valid_from", "valid_to"))
    assert ends.year - begins.year == 3
    assert (ends.month, ends.day) == (begins.month, begins.day)
    assert told["hectares"] is not None
    assert issued.fact("licence.issued")[5] == told["log_index"]


def test_the_certificate_is_a_pdf_whose_code_verifies_offline(
    office: OfficeOfTests, issued: PlayedCase, tmp_path: Path
) -> None:
    code, verify = licence_of(issued), verify_py()
    who = issued.officer("decision")
    pdf = office.get(who, f"/licences/{code}/certificate")
    assert pdf.status_code == 200
    assert pdf.content.startswith(b"%PDF-1.7")
    assert b"pdfaid" in unpacked(pdf.content)
    document = pypdfium2.PdfDocument(pdf.content)
    picture = document[0].render(scale=3).to_pil()
    document.close()
    read = [one.text for one in zxingcpp.read_barcodes(picture)]
    assert len(read) == 1
    assert read[0].startswith(f"{office.settings.public_url}/verify/{code}#")
    claims = verify.qr(read[0], [public(office, "licensing-qr")])
    assert claims["licence"] == code
    assert claims["training"] is True
    assert claims["holder"] == "Green Hill"
    proof = office.get({}, f"/licences/{code}/certificate/proof").json()
    assert proof["qr"] == read[0]
    keys = [public(office, "licensing-checkpoints"), public(office, "licensing-qr")]
    found = verify.certificate(proof, keys)
    assert found["payload"]["licence"] == code
    file = tmp_path / "certificate.json"
    file.write_text(json.dumps(proof))
    names = ("licensing-checkpoints", "licensing-qr")
    arguments = ["certificate", str(file)]
    for name in names:
        arguments += ["--key", str(office.settings.keys / "public" / f"{name}.json")]
    assert verify.main(arguments) == 0


def test_a_production_key_refuses_a_training_certificate(
    office: OfficeOfTests, issued: PlayedCase, tmp_path: Path
) -> None:
    verify = verify_py()
    proof = office.get({}, f"/licences/{licence_of(issued)}/certificate/proof").json()
    made = datetime.now(UTC)
    origin = "cadastre.example/licensing"
    make_key(tmp_path, "licensing-checkpoints", "Ed25519", "checkpoint", origin, made)
    make_key(tmp_path, "licensing-qr", "ES256", "qr", origin, made)
    file = tmp_path / "certificate.json"
    file.write_text(json.dumps(proof))
    arguments = ["certificate", str(file)]
    for name in ("licensing-checkpoints", "licensing-qr"):
        arguments += ["--key", str(tmp_path / "public" / f"{name}.json")]
    assert verify.main(arguments) == 3


def test_a_certificate_whose_print_was_changed_is_not_genuine(
    office: OfficeOfTests, issued: PlayedCase
) -> None:
    verify = verify_py()
    proof = office.get({}, f"/licences/{licence_of(issued)}/certificate/proof").json()
    proof["inclusion"]["disclosed"]["payload"]["holder"] = "Somebody Else"
    keys = [public(office, "licensing-checkpoints"), public(office, "licensing-qr")]
    with pytest.raises(verify.NotGenuine):
        verify.certificate(proof, keys)


def test_the_receipt_and_the_licence_are_proven_from_the_log(
    office: OfficeOfTests, issued: PlayedCase
) -> None:
    verify = verify_py()
    keys = [public(office, "licensing-checkpoints")]
    proof = office.get({}, f"/licences/{licence_of(issued)}/proof").json()
    assert verify.inclusion(proof, keys)["payload"]["application"] == issued.code
    path = f"/applications/{issued.code}/receipts/final/proof"
    told = office.get(issued.officer("decision"), path)
    assert told.status_code == 200, told.text
    assert verify.inclusion(told.json(), keys)["payload"]["code"] == issued.code
    assert office.get(office.applicant(), path).status_code == 404


def test_a_certificate_is_for_the_holder_and_the_offices(
    office: OfficeOfTests, issued: PlayedCase
) -> None:
    path = f"/licences/{licence_of(issued)}/certificate"
    assert office.get({}, path).status_code == 401
    assert office.get(office.applicant(), path).status_code == 404


def test_the_code_waits_for_senior_lodgements_the_cadastre_has_not_reported(
    office: OfficeOfTests,
) -> None:
    far = [460_000_000, 9_610_000_000, 460_100_000, 9_610_100_000]
    near = [460_050_000, 9_610_050_000, 460_200_000, 9_610_200_000]
    senior = play(office, ground=office.statement(bbox_mm=far), enters=False)
    case = play(office, ground=office.statement(bbox_mm=near)).decided_up_to()
    seq = office.sql("select filing_seq from application where id = %s", senior.id)[0][0]
    answer = case.issuing.reserve_licence_code(keyed(case))
    assert answer.wait_for == [seq]
    assert answer.licence_code is None
    senior.tell(Source.CADASTRE, "area.entered", hectares="1", junior_to=0)
    ready = case.issuing.reserve_licence_code(keyed(case))
    assert ready.wait_for == []
    assert ready.licence_code is not None
    assert case.issuing.reserve_licence_code(keyed(case)) == ready


def test_a_junior_lodgement_is_not_waited_for(office: OfficeOfTests) -> None:
    box = [470_000_000, 9_610_000_000, 470_100_000, 9_610_100_000]
    case = play(office, ground=office.statement(bbox_mm=box))
    play(office, ground=office.statement(bbox_mm=box), enters=False)
    case.decided_up_to()
    assert case.issuing.reserve_licence_code(keyed(case)).wait_for == []


def test_a_refused_grant_opens_the_decision_again(office: OfficeOfTests) -> None:
    case = play(office).decided_up_to()
    asked = keyed(case)
    case.issuing.reserve_licence_code(asked)
    returned = p.ReturnFromIssuance(
        **asked.model_copy(update={"key": f"{case.id}:return"}).model_dump(),
        problem="areas-overlap",
        detail="The ground was granted to somebody else",
    )
    case.issuing.return_from_issuance(returned)
    case.go_on()
    assert case.step("decision")["round"] == 2
    (told,) = office.sql(
        "select payload from journal where case_id = %s and name = 'issuance.returned'", case.id
    )
    assert told[0]["detail"] == "The ground was granted to somebody else"
    (notice,) = told[0]["notices"]
    assert notice["to"] == "office:mines-north"
    assert notice["params"]["reason"] == "areas overlap: The ground was granted to somebody else"
    assert case.step("decision")["status"] == "open"
    status = office.sql("select status from application where id = %s", case.id)
    assert status == [("lodged",)]
    case.approve("decision")
    case.go_on()
    assert case.state.issuance_round == 2
    case.issue()
    case.go_on()
    assert case.state.closed == "granted"


def test_an_issuance_that_ended_reserves_nothing(office: OfficeOfTests, issued: PlayedCase) -> None:
    asked = keyed(issued, "late")
    with pytest.raises(Problem) as refusal, office.works.open(clockwork("licensing")) as work:
        reserve_licence_code(work, office.desk, asked)
    assert refusal.value.slug() == "not-being-issued"


def test_nothing_stays_in_force_past_its_legal_end(office: OfficeOfTests) -> None:
    box = [480_000_000, 9_610_000_000, 480_100_000, 9_610_100_000]
    case = play(office, ground=office.statement(bbox_mm=box)).decided_up_to()
    case.issue()
    code = licence_of(case)
    with office.works.open(clockwork("licensing")) as work:
        licence = Licences(work.session).get(code)
        assert licence.in_force(licence.valid_from)
        assert licence.in_force(licence.valid_to - timedelta(seconds=1))
        assert not licence.in_force(licence.valid_to)
        assert not licence.in_force(licence.valid_from - timedelta(seconds=1))
