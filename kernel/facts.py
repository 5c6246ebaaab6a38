"""The names of the facts a case is made of: the vocabulary of licensing's journal that the engine
understands.

A fact is a past participle. Facts first written by cadastre, payments or messages keep their name
when
licensing records them in its own journal (`Event.payload` then also holds `source` and
`source_seq`).
The payload members each name promises stand beside it; more may be added, none is taken away.
"""

from typing import Final

# licensing's own
LODGED: Final = (  # code, filing_seq, type, procedure, office, conditional, has_ground, papers
    "application.lodged"
)
RECEIPT_CONFIRMED: Final = "receipt.confirmed"  # the conditional place now counts
PAPER_RECEIVED: Final = "paper.received"  # paper, complete
PAPER_WARNED: Final = "paper.warned"  # paper, due_at
PAPER_LAPSED: Final = "paper.lapsed"  # paper, due_at, effect, filing_seq (of the last place) | None
PAPER_RETIMED: Final = "paper.retimed"  # paper, due_at | None, warn_at | None, lapses
STEP_OPENED: Final = "step.opened"  # step, round, agency, office, due_at, warn_at | None
STEP_WARNED: Final = "step.warned"  # step, round
STEP_DECIDED: Final = "step.decided"  # step, round, outcome, late
STEP_LAPSED: Final = (
    "step.lapsed"  # step, round, due_at, rule, effect, office, new_due_at, new_warn_at
)
STEP_RETIMED: Final = "step.retimed"  # step, round, due_at, warn_at
STEP_HANDED_OVER: Final = "step.handed-over"  # step, round, office
STEP_VISITED: Final = "step.visited"  # step, round
OCCUPANTS_NOTIFIED: Final = "occupants.notified"  # step, round
INFORMATION_REQUESTED: Final = "information.requested"  # step, round, request, reason, reply_due_at
INFORMATION_RETIMED: Final = "information.retimed"  # step, round, request, reply_due_at | None
INFORMATION_GIVEN: Final = "information.given"  # step, round, request, due_at, warn_at
INFORMATION_LAPSED: Final = "information.lapsed"  # step, round, request, effect, due_at, warn_at
PAPER_DECISION_RECORDED: Final = (
    "paper-decision.recorded"  # step, round (no effect until confirmed)
)
APPLICATION_WITHDRAWN: Final = "application.withdrawn"
ISSUANCE_REQUESTED: Final = "issuance.requested"  # issuance, round
ISSUANCE_RETURNED: Final = (
    "issuance.returned"  # issuance, round, problem, detail, step (open again), round_of_step
)
LICENCE_ISSUED: Final = "licence.issued"  # licence_code, issuance, valid_from, valid_to
CERTIFICATE_MADE: Final = "certificate.made"  # sha256
CASE_CLOSED: Final = "case.closed"  # status, reason
COMMAND_REFUSED: Final = "command.refused"  # key, operation, subject, round, problem

# recorded from the other services
AREA_ENTERED: Final = "area.entered"  # hectares, junior_to (count)
AREA_DISPLACED: Final = (
    "area.displaced"  # by_seq (the nearest senior), hectares taken, count of seniors told of
)
AREA_FREED: Final = "area.freed"  # by_seq (the last senior, released), hectares, net_hectares
AREA_RELEASED: Final = "area.released"
AREA_GRANTED: Final = "area.granted"  # pending issue
AREA_CONFIRMED: Final = "area.confirmed"
AREA_WITHDRAWN: Final = "area.withdrawn"
INVOICE_RAISED: Final = "invoice.raised"  # invoice, step, round, minor, currency, due_at
INVOICE_RETIMED: Final = "invoice.retimed"  # invoice, code, step, round, due_at | None
INVOICE_REMINDED: Final = "invoice.reminded"  # invoice, code, step, round
INVOICE_PAID: Final = "invoice.paid"  # invoice, step, round, receipt, paid_at
INVOICE_EXPIRED: Final = "invoice.expired"  # invoice, step, round, due_at
INVOICE_VOIDED: Final = "invoice.voided"  # invoice, step, round
NOTICE_SENT: Final = "notice.sent"  # notice, kind, channel
NOTICE_FAILED: Final = "notice.failed"  # notice, kind, reason
