"""Licensing from lodgement to licence, as the portal and the command line call it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.calling import Calling
from contracts.licensing import wire_appointments as appointing
from contracts.licensing import wire_licences as licences
from contracts.licensing import wire_steps as wire
from contracts.licensing.language import ReceiptKind, StepStatus
from contracts.licensing.wire_days import DayLedgerView
from kernel.log.bundle import InclusionBundle

Ref = UUID | str  # an application's id or code


@dataclass(frozen=True, slots=True)
class LicensingCases:
    """Every method is one route. `key`: a random UUID for each act; `seen`: the step's version."""

    calling: Calling

    # steps

    def steps(self, ref: Ref) -> wire.StepsView:
        return self.calling.get(f"/applications/{ref}/steps", wire.StepsView)

    def decide(
        self, ref: Ref, step: str, made: wire.DecisionMade, seen: int, key: str
    ) -> wire.Answered:
        return self.calling.post(
            _at(ref, step, "decision"), made, wire.Answered, key=key, seen=seen
        )

    def request(
        self, ref: Ref, step: str, made: wire.RequestMade, seen: int, key: str
    ) -> wire.Answered:
        return self.calling.post(_at(ref, step, "request"), made, wire.Answered, key=key, seen=seen)

    def reply(
        self, ref: Ref, step: str, given: wire.ReplyGiven, seen: int, key: str
    ) -> wire.Answered:
        return self.calling.post(_at(ref, step, "reply"), given, wire.Answered, key=key, seen=seen)

    def visit(
        self, ref: Ref, step: str, made: wire.VisitMade, seen: int, key: str
    ) -> wire.Answered:
        return self.calling.post(_at(ref, step, "visit"), made, wire.Answered, key=key, seen=seen)

    def notify_occupants(
        self, ref: Ref, step: str, told: wire.OccupantsTold, seen: int, key: str
    ) -> wire.Answered:
        path = _at(ref, step, "occupants-notice")
        return self.calling.post(path, told, wire.Answered, key=key, seen=seen)

    def hand_over(
        self, ref: Ref, step: str, over: wire.HandOver, seen: int, key: str
    ) -> wire.Answered:
        return self.calling.post(
            _at(ref, step, "handover"), over, wire.Answered, key=key, seen=seen
        )

    def put_scan(self, ref: Ref, step: str, content: bytes, media_type: str) -> wire.ScanKept:
        return self.calling.put_file(_at(ref, step, "scan"), content, media_type, wire.ScanKept)

    def record_paper(
        self, ref: Ref, step: str, made: wire.PaperDecisionMade, seen: int, key: str
    ) -> wire.Answered:
        path = _at(ref, step, "paper-decision")
        return self.calling.post(path, made, wire.Answered, key=key, seen=seen)

    def confirm_paper(
        self, ref: Ref, step: str, given: wire.PaperConfirmation, seen: int, key: str
    ) -> wire.Answered:
        path = _at(ref, step, "paper-confirmation")
        return self.calling.post(path, given, wire.Answered, key=key, seen=seen)

    # reading cases

    def history(self, ref: Ref, after: int = 0, limit: int = 100) -> wire.History:
        asked = {"after": after, "limit": limit}
        return self.calling.get(f"/applications/{ref}/history", wire.History, asked)

    def days(self, ref: Ref) -> DayLedgerView:
        return self.calling.get(f"/applications/{ref}/days", DayLedgerView)

    def inbox(
        self,
        office: str | None = None,
        agency: str | None = None,
        state: StepStatus | None = None,
        due: datetime | None = None,
        after: str | None = None,
        limit: int = 50,
    ) -> wire.Inbox:
        """`due`: only what falls due before that instant."""
        asked = {
            "office": office,
            "agency": agency,
            "state": state.value if state else None,
            "due": due.isoformat() if due else None,
            "after": after,
            "limit": limit,
        }
        return self.calling.get("/inbox", wire.Inbox, asked)

    # licences

    def licence(self, code: str) -> licences.LicenceView:
        return self.calling.get(f"/licences/{code}", licences.LicenceView)

    def licence_proof(self, code: str) -> InclusionBundle:
        return self.calling.get(f"/licences/{code}/proof", InclusionBundle)

    def certificate(self, code: str) -> bytes:
        """The PDF, for the holder and the offices at work on the case."""
        return self.calling.get_file(f"/licences/{code}/certificate")

    def certificate_proof(self, code: str) -> licences.CertificateProof:
        """What `verify.py certificate` reads."""
        path = f"/licences/{code}/certificate/proof"
        return self.calling.get(path, licences.CertificateProof)

    def receipt_proof(self, ref: Ref, kind: ReceiptKind = ReceiptKind.FINAL) -> InclusionBundle:
        path = f"/applications/{ref}/receipts/{kind.value}/proof"
        return self.calling.get(path, InclusionBundle)

    def verify(self, code: str) -> licences.Verified:
        return self.calling.get(f"/verify/{code}", licences.Verified)

    def verify_all(self, codes: list[str]) -> licences.Verified:
        asked = licences.CodesAsked(codes=codes)
        return self.calling.post("/verify", asked, licences.Verified)

    # appointments and calendar

    def propose_appointment(
        self, new: appointing.NewAppointment, key: str
    ) -> appointing.AppointmentView:
        return self.calling.post("/appointments", new, appointing.AppointmentView, key=key)

    def approve_appointment(self, appointment: UUID, key: str) -> appointing.AppointmentView:
        path = f"/appointments/{appointment}/approval"
        return self.calling.post(path, None, appointing.AppointmentView, key=key)

    def end_appointment(self, appointment: UUID, key: str) -> appointing.AppointmentView:
        path = f"/appointments/{appointment}/end"
        return self.calling.post(path, None, appointing.AppointmentView, key=key)

    def appointments(
        self, office: str | None = None, after: str | None = None
    ) -> appointing.AppointmentList:
        asked = {"office": office, "after": after}
        return self.calling.get("/appointments", appointing.AppointmentList, asked)

    def propose_calendar_entry(
        self, new: appointing.NewCalendarEntry, key: str
    ) -> appointing.CalendarEntryView:
        return self.calling.post("/calendar", new, appointing.CalendarEntryView, key=key)

    def approve_calendar_entry(self, entry: UUID, key: str) -> appointing.CalendarApproved:
        path = f"/calendar/{entry}/approval"
        return self.calling.post(path, None, appointing.CalendarApproved, key=key)

    def calendar(self) -> appointing.CalendarEntries:
        return self.calling.get("/calendar", appointing.CalendarEntries)


def _at(ref: Ref, step: str, what: str) -> str:
    return f"/applications/{ref}/steps/{step}/{what}"
