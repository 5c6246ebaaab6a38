"""Sixteen lodge at once: numbers without gaps, in the order of commits and of legal instants."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from licensing_office import OfficeOfTests

LODGERS, EACH = 16, 4


def test_numbers_have_no_gaps_and_rise_with_commits_and_instants(office: OfficeOfTests) -> None:
    who = office.applicant("crowd")
    drafts = [office.ready(who, party=office.cooperative(who)) for _ in range(LODGERS * EACH)]
    refused = office.ready(who, "identity", party=office.cooperative(who))
    start = Barrier(LODGERS)

    def lodge_some(n: int) -> list[int]:
        start.wait()
        done = []
        for draft in drafts[n * EACH : (n + 1) * EACH]:
            office.lodge(who, refused)
            answer = office.lodge(who, draft)
            assert answer.status_code == 201, answer.text
            done.append(answer.json()["filing_seq"])
        return done

    with ThreadPoolExecutor(LODGERS) as crowd:
        told = [seq for some in crowd.map(lodge_some, range(LODGERS)) for seq in some]
    assert sorted(told) == list(range(1, LODGERS * EACH + 1))
    rows = office.sql(
        "select a.filing_seq, a.lodged_at, j.log_index, j.at from application a"
        " join journal j on j.case_id = a.id and j.name = 'application.lodged'"
        " order by a.filing_seq"
    )
    instants, indices = [row[1] for row in rows], [row[2] for row in rows]
    assert instants == sorted(instants)
    assert indices == sorted(indices)
    assert instants == [row[3] for row in rows]
    ids = office.sql("select subject from outbox order by id")
    order = office.sql(
        "select id from application where filing_seq is not null order by filing_seq"
    )
    assert [row[0] for row in ids] == [row[0] for row in order]


def test_twins_of_one_key_have_one_effect_and_equal_answers(office: OfficeOfTests) -> None:
    who, key = office.applicant(), office.key()
    draft = office.ready(who)
    body = {"ground": office.statement()}
    start = Barrier(8)

    def lodge(_: int) -> tuple[int, bytes]:
        start.wait()
        path = f"/v1/applications/{draft}/lodgement"
        done = office.client.post(path, json=body, headers={**who, **key})
        return done.status_code, done.content

    with ThreadPoolExecutor(8) as crowd:
        answers = set(crowd.map(lodge, range(8)))
    assert len(answers) == 1
    assert next(iter(answers))[0] == 201
    assert len(office.journal(draft)) == 1
