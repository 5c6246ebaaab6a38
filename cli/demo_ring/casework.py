"""One case as people carry it on: apply, pay, answer step after step, look at what came of it."""

from dataclasses import dataclass, field
from uuid import UUID

from cli.demo_ring.ground import photograph
from cli.demo_ring.people import Miner, OfficerAtWork, key
from cli.demo_ring.ring import Ring
from cli.demo_ring.waiting import until
from contracts.cadastre.wire import ApplicationAreaTold, GroundAsked, GroundChecked
from contracts.licensing.language import Outcome, Status, StepStatus
from contracts.licensing.wire import Signed
from contracts.licensing.wire_applications import Lodged, NewDraft
from contracts.licensing.wire_parties import Evidence, NewParty, PartyView
from contracts.licensing.wire_steps import DecisionMade, Given, OccupantsTold, StepView, VisitMade
from contracts.payments.language import InvoiceStatus, PaymentStatus
from contracts.payments.wire import InvoiceView, NewPayment, PaymentView
from kernel.law.procedure import HolderKind
from kernel.problems import Problem

JPEG = "image/jpeg"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ENDED = (PaymentStatus.COMPLETED, PaymentStatus.FAILED, PaymentStatus.UNKNOWN)


def register(miner: Miner, kind: HolderKind, name: str, number: str) -> PartyView:
    """A party with the evidence that the rulebook asks for."""
    person = kind is HolderKind.PERSON
    proof = Evidence(
        kind="national-card" if person else "certificate-of-registration", number=number
    )
    return miner.licensing.register_party(NewParty(kind=kind, name=name, evidence=[proof]), key())


@dataclass(slots=True)
class Draft:
    """An application before it is lodged."""

    miner: Miner
    application: UUID
    ground: GroundChecked | None

    def lodge(self) -> Lodged:
        signed = self.ground and Signed(**self.ground.statement.model_dump())
        return self.miner.licensing.lodge(self.application, signed or None, key())


def prepare(
    miner: Miner, new: NewDraft, asked: GroundAsked | None, pages: dict[str, list[str]]
) -> Draft:
    """Check the ground, begin a draft and send its papers: kind -> photographs."""
    ground = None if asked is None else miner.cadastre.check_ground(asked)
    draft = miner.licensing.begin_draft(new, key())
    for kind, names in pages.items():
        for n, name in enumerate(names, 1):
            miner.licensing.put_document(draft.id, kind, n, photograph(name), JPEG)
    return Draft(miner, draft.id, ground)


@dataclass(slots=True)
class Case:
    """A lodged application and the one whose it is."""

    ring: Ring
    miner: Miner
    lodged: Lodged
    _seen: dict[str, InvoiceView] = field(default_factory=dict)

    @property
    def id(self) -> UUID:
        return self.lodged.application

    @property
    def code(self) -> str:
        return self.lodged.code

    def steps(self) -> list[StepView]:
        return self.miner.cases.steps(self.id).steps

    def step(self, name: str) -> StepView | None:
        """The newest round of a step, once it was opened."""
        found = [one for one in self.steps() if one.step == name]
        return found[-1] if found else None

    def open_step(self, name: str) -> StepView:
        """The step, as soon as it awaits an answer."""

        def asked() -> StepView | None:
            found = self.step(name)
            return found if found and found.status is StepStatus.OPEN else None

        return until(f"{self.code}: {name} is open", asked)

    def invoice(self, step: str) -> InvoiceView:
        """The invoice of a fee step, as soon as it is raised."""

        def raised() -> InvoiceView | None:
            sent = self.miner.payments.own_invoices().invoices
            return next((i for i in sent if (i.application, i.step) == (self.id, step)), None)

        return until(f"{self.code}: an invoice is raised for {step}", raised)

    def pay(self, step: str) -> PaymentView:
        """Pay the fee from the miner's own phone; answer the payment when it is over."""
        invoice = self.invoice(step)
        begun = self.miner.payments.pay(invoice.code, NewPayment(msisdn=self.miner.number), key())

        def over() -> PaymentView | None:
            now = self.miner.payments.payment(begun.id)
            return now if now.status in ENDED else None

        return until(f"{self.code}: the payment of {invoice.code} is over", over)

    def paid(self, step: str) -> InvoiceView:
        """The invoice, as soon as it is paid."""

        def settled() -> InvoiceView | None:
            now = self.invoice(step)
            return now if now.status is InvoiceStatus.PAID else None

        return until(f"{self.code}: {step} is paid", settled)

    def decide(
        self, officer: OfficerAtWork, step: str, outcome: Given = Outcome.APPROVED,
        reasons: str | None = None,
    ) -> StepView:
        """Answer a step that is open, as its officer."""
        seen = self.open_step(step).version
        made = DecisionMade(outcome=outcome, reasons=reasons)
        return officer.cases.decide(self.id, step, made, seen, key()).step

    def answer(self, step: str, step_up: bool = False) -> StepView:
        """The same by somebody of the office that the step is at."""
        power = "approve-grant" if step_up else "decide-step"
        officer = self.ring.officer_at(self.open_step(step).office, power)
        return self.decide(self.ring.officer(officer.username, step_up), step)

    def visit(self, step: str, people: int) -> StepView:
        """Record a visit to the ground and that those at work there were told."""
        here = self.open_step(step)
        officer = self.ring.officer_at(here.office)
        today = self.ring.today()
        made = VisitMade(visited_on=today, findings=FOUND, people=people)
        seen = officer.cases.visit(self.id, step, made, here.version, key()).step.version
        told = OccupantsTold(told_on=today, how=TOLD, people=people, languages=["sw", "en"])
        return officer.cases.notify_occupants(self.id, step, told, seen, key()).step

    def area(self) -> ApplicationAreaTold | None:
        """The application area, once the cadastre has it."""
        try:
            return self.miner.cadastre.application_area(self.id)
        except Problem as problem:
            if problem.status == 404:
                return None
            raise

    def licence_code(self) -> str:
        """The licence's code, as soon as it is issued."""

        def issued() -> str | None:
            return self.miner.licensing.application(self.id).licence_code

        return until(f"{self.code}: the licence is issued", issued)

    def ended(self, status: Status) -> None:
        """Wait until the case stands so."""

        def so() -> bool:
            return self.miner.licensing.application(self.id).status is status

        until(f"{self.code}: it is {status}", so)


FOUND = "Hand-dug pits, two of them in use; a path to the stream runs through the ground."
TOLD = "Read out at the pits and at the village office, and put up at both."
