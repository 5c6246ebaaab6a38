"""The typed client against the service: what it sends is read, what it gets back is understood."""

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from licensing_office import JPEG, OfficeOfTests

from contracts.calling import Calling
from contracts.licensing.client import Licensing
from contracts.licensing.language import Status
from contracts.licensing.wire import Signed
from contracts.licensing.wire_applications import DraftContent, NewDraft, Track, Withdrawal
from contracts.licensing.wire_parties import Evidence, NewMember, NewParty
from kernel.law.procedure import HolderKind
from kernel.problems import Problem, TryLater

ROOT = Path(__file__).parents[2]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def client_of(office: OfficeOfTests, sub: str) -> Licensing:
    """The client on the service's own application, without a network between them."""

    def pass_on(request: httpx.Request) -> httpx.Response:
        told = {name: value for name, value in request.headers.items() if name != "host"}
        done = office.client.request(
            request.method,
            request.url.raw_path.decode(),
            content=request.read(),
            headers=told,
        )
        return httpx.Response(done.status_code, headers=dict(done.headers), content=done.content)

    http = httpx.Client(transport=httpx.MockTransport(pass_on), base_url="http://licensing")
    return Licensing(Calling(http, lambda: office.issuer.token("public", sub)))


def key() -> str:
    return str(uuid4())


def test_a_cooperative_applies_through_the_client(office: OfficeOfTests) -> None:
    us = client_of(office, "client-1")
    proof = Evidence(kind="certificate-of-registration", number="C-1")
    new = NewParty(kind=HolderKind.COOPERATIVE, name="Green Hill", evidence=[proof])
    party = us.register_party(new, key())
    content = (ROOT / "examples" / "members.xlsx").read_bytes()
    report = us.import_members(party.id, content, XLSX)
    assert (report.accepted, report.party.women) == (12, 7)
    draft = us.begin_draft(NewDraft(licence_type="artisanal-permit", party=party.id), key())
    edited = us.edit_draft(draft.id, DraftContent(minerals=["gold"]), draft.version)
    assert edited.minerals == ["gold"]
    for kind in ("identity", "members-list", "site-photograph"):
        us.put_document(draft.id, kind, 1, JPEG, "image/jpeg")
    us.put_document(draft.id, "identity", 2, JPEG, "image/jpeg")
    us.remove_document(draft.id, "identity", 2)
    assert us.document(draft.id, "identity", 1) == JPEG
    lodged = us.lodge(draft.id, Signed(**office.statement()), key())
    assert us.receipt(lodged.code).signature == lodged.receipt.signature
    tracked = us.track(Track(code=lodged.code, pin=lodged.pin))
    assert tracked.place == lodged.filing_seq
    us.put_document(lodged.code, "landholder-consent", 1, JPEG, "image/jpeg")
    assert us.deliver_paper(lodged.code, "landholder-consent", [1], key()).received_at
    (line,) = us.own_applications().applications
    assert line.code == lodged.code
    version = us.application(lodged.code).version
    gone = us.withdraw(lodged.code, Withdrawal(reason="Moved"), key(), version)
    assert gone.status is Status.WITHDRAWN


def test_a_refusal_comes_back_as_the_problem_it_was(office: OfficeOfTests) -> None:
    us = client_of(office, "client-2")
    party = us.register_party(NewParty(kind=HolderKind.PERSON, name="Amara"), key())
    with pytest.raises(Problem, match="person has no members") as refused:
        us.enrol_member(party.id, NewMember(party=party.id), key())
    assert refused.value.slug() == "not-a-group"
    assert refused.value.status == 409
    draft = us.begin_draft(NewDraft(licence_type="artisanal-permit", party=party.id), key())
    with pytest.raises(Problem) as refused:
        us.lodge(draft.id, None, key())
    assert refused.value.slug() == "identity-not-proven"
    assert refused.value.facts["shown"] == []


@pytest.mark.parametrize(
    "answer",
    [
        lambda _: httpx.Response(502, text="<html>"),
        lambda request: (_ for _ in ()).throw(httpx.ConnectError("away", request=request)),
    ],
)
def test_an_outage_is_no_refusal(answer: Callable[[httpx.Request], httpx.Response]) -> None:
    http = httpx.Client(transport=httpx.MockTransport(answer), base_url="http://licensing")
    with pytest.raises(TryLater):
        Licensing(Calling(http)).own_parties()
