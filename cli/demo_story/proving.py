"""The story's proof: the certificate, the public log, the portal's page, and where days went."""

from math import isclose

import httpx

from cli.demo_ring.casework import Case
from cli.demo_ring.waiting import until
from cli.demo_story.story import Story
from cli.demo_story.telling import must
from contracts.licensing.wire_days import DayLedgerView
from contracts.licensing.wire_licences import CertificateProof, LicenceView
from kernel.problems import Problem

DAY = 86400


def prove(story: Story, case: Case, licence: LicenceView) -> None:
    """What a buyer, a bank or an auditor can check without trusting anybody here."""
    tell, ring = story.tell, story.ring
    tell.section("Anybody checks it: certificate, public log, portal")
    printed = until("the certificate is printed", lambda: certificate(case, licence.code))
    proof = tell.keep("certificate-proof.json", printed)
    pdf = tell.keep("certificate.pdf", case.miner.cases.certificate(licence.code))
    must(pdf.read_bytes().startswith(b"%PDF"), "the certificate is a PDF")
    tell.fact(f"Certificate with QR code, {pdf.stat().st_size // 1024} KB", str(pdf))
    found = tell.verify("certificate", proof, ring.public_key("licensing-checkpoints"),
                        ring.public_key("licensing-qr"))
    tell.fact(f"verify.py believes QR code and log proof: leaf {found['index']} of "
              f"{found['of']}", str(proof))
    head = tell.keep("checkpoint.txt", checkpoint(story))
    tell.verify("checkpoint", head, ring.public_key("licensing-checkpoints"))
    tell.fact("verify.py believes the newest checkpoint of the log",
              f"{ring.address('licensing')}/v1/log/checkpoint")
    said = ring.anybody().cases.verify(licence.code).body
    must(said["verdict"] == "in-force", "the licence is in force")
    tell.fact(f"Asked online: {said['verdict']}, may sell {said['quantity_per_period']}",
              story.service("licensing", f"/verify/{licence.code}"))
    page = f"{ring.address('portal')}/verify/{licence.code}"
    shown = httpx.get(page, timeout=10)
    must(shown.status_code == 200 and licence.holder in shown.text.replace("&#39;", "'"),
         "the portal's page names the holder")
    tell.fact("The portal's page says the same", page)
    tell.remember("Verify the licence (portal)", page)
    tell.remember("Certificate", str(pdf))


def certificate(case: Case, code: str) -> CertificateProof | None:
    """The proof that goes with the certificate, once it is printed."""
    try:
        return case.miner.cases.certificate_proof(code)
    except Problem as problem:
        if problem.status == 404:
            return None
        raise


def checkpoint(story: Story) -> bytes:
    answer = httpx.get(f"{story.ring.address('licensing')}/v1/log/checkpoint", timeout=10)
    return answer.raise_for_status().content


def show_days(story: Story, case: Case) -> None:
    """Whom the case waited for, and that nothing is missing."""
    tell = story.tell
    tell.section("Where the days went")
    days: DayLedgerView = case.miner.cases.days(case.id)
    where = story.service("licensing", f"/applications/{case.code}/days")
    spent = sum(one.seconds for one in days.parties)
    must(isclose(spent, days.experienced_seconds, abs_tol=0.001), "the day ledger adds up")
    for one in sorted(days.parties, key=lambda party: -party.seconds):
        tell.fact(f"{one.party}: {span(one.seconds)}", where)
    tell.fact(f"Together {span(spent)}, exactly from lodging to the end of the case", where)
    tell.remember("Day ledger (signed in)", where)


def span(seconds: float) -> str:
    """A length of time in the two units that matter."""
    days, rest = divmod(round(seconds), DAY)
    minutes, last = divmod(rest, 60)
    if days:
        return f"{days} d {minutes // 60} h"
    return f"{minutes} min {last} s" if minutes else f"{last} s"
