"""Licensing up to lodgement, as the portal and the command line call it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from contracts.calling import Calling
from contracts.licensing.language import ReceiptKind
from contracts.licensing.wire import Signed
from contracts.licensing.wire_applications import (
    ApplicationPage,
    ApplicationView,
    Delivery,
    DocumentView,
    DraftContent,
    HeadSeen,
    Lodged,
    Lodgement,
    NewDraft,
    PaperView,
    ReceiptView,
    Track,
    Tracked,
    Withdrawal,
)
from contracts.licensing.wire_parties import (
    EndOfMembership,
    Evidence,
    ImportReport,
    InterestView,
    NewInterest,
    NewMember,
    NewParty,
    PartyView,
)

Ref = UUID | str  # an application's id or code


@dataclass(frozen=True, slots=True)
class Licensing:
    """Every method is one route; `key` is the idempotency key, best a random UUID for each act."""

    calling: Calling

    # parties

    def register_party(self, new: NewParty, key: str) -> PartyView:
        return self.calling.post("/parties", new, PartyView, key=key)

    def own_parties(self) -> list[PartyView]:
        return self.calling.get("/parties", list[PartyView])

    def party(self, party: UUID) -> PartyView:
        return self.calling.get(f"/parties/{party}", PartyView)

    def add_evidence(self, party: UUID, new: Evidence, key: str) -> PartyView:
        return self.calling.post(f"/parties/{party}/evidence", new, PartyView, key=key)

    def enrol_member(self, party: UUID, new: NewMember, key: str) -> PartyView:
        return self.calling.post(f"/parties/{party}/members", new, PartyView, key=key)

    def import_members(self, party: UUID, content: bytes, media_type: str) -> ImportReport:
        path = f"/parties/{party}/members/list"
        return self.calling.put_file(path, content, media_type, ImportReport)

    def end_membership(
        self, party: UUID, membership: UUID, ending: EndOfMembership, key: str
    ) -> PartyView:
        path = f"/parties/{party}/members/{membership}/end"
        return self.calling.post(path, ending, PartyView, key=key)

    def declare_interest(self, party: UUID, new: NewInterest, key: str) -> InterestView:
        return self.calling.post(f"/parties/{party}/interests", new, InterestView, key=key)

    # applications

    def begin_draft(self, new: NewDraft, key: str) -> ApplicationView:
        return self.calling.post("/applications", new, ApplicationView, key=key)

    def own_applications(self, after: str | None = None, limit: int = 50) -> ApplicationPage:
        asked = {"after": after, "limit": limit}
        return self.calling.get("/applications", ApplicationPage, asked)

    def application(self, ref: Ref) -> ApplicationView:
        return self.calling.get(f"/applications/{ref}", ApplicationView)

    def edit_draft(self, ref: Ref, content: DraftContent, seen: int) -> ApplicationView:
        return self.calling.put(f"/applications/{ref}", content, ApplicationView, seen)

    def put_document(
        self, ref: Ref, kind: str, n: int, content: bytes, media_type: str
    ) -> DocumentView:
        path = f"/applications/{ref}/documents/{kind}/{n}"
        return self.calling.put_file(path, content, media_type, DocumentView)

    def document(self, ref: Ref, kind: str, n: int) -> bytes:
        return self.calling.get_file(f"/applications/{ref}/documents/{kind}/{n}")

    def remove_document(self, ref: Ref, kind: str, n: int) -> None:
        self.calling.delete(f"/applications/{ref}/documents/{kind}/{n}")

    def lodge(
        self, ref: Ref, ground: Signed | None, key: str, head_seen: HeadSeen | None = None
    ) -> Lodged:
        """The cadastre's signed statement goes in as the cadastre gave it."""
        sent = Lodgement(ground=ground, head_seen=head_seen)
        return self.calling.post(f"/applications/{ref}/lodgement", sent, Lodged, key=key)

    def receipt(self, ref: Ref, kind: ReceiptKind = ReceiptKind.FINAL) -> ReceiptView:
        return self.calling.get(f"/applications/{ref}/receipts/{kind.value}", ReceiptView)

    def deliver_paper(self, ref: Ref, kind: str, pages: Sequence[int], key: str) -> PaperView:
        path, handed = f"/applications/{ref}/papers/{kind}/delivery", Delivery(pages=list(pages))
        return self.calling.post(path, handed, PaperView, key=key)

    def withdraw(self, ref: Ref, given: Withdrawal, key: str, seen: int) -> ApplicationView:
        path = f"/applications/{ref}/withdrawal"
        return self.calling.post(path, given, ApplicationView, key=key, seen=seen)

    # for whoever has code and PIN

    def track(self, given: Track) -> Tracked:
        return self.calling.post("/track", given, Tracked)
