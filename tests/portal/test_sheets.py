"""Nothing typed is lost, and nothing sent counts twice: whatever ends in between."""

from concurrent.futures import ThreadPoolExecutor

from visitor_of_tests import Around, Visitor

from tests.own_database import as_owner

PAGE = "/tests/things"


def test_a_service_that_is_down_in_mid_form_loses_nothing(
    around: Around, visitor: Visitor
) -> None:
    visitor.sign_in("public", "m1")
    sent = visitor.fill(visitor.get(PAGE), name="Amina", pin="123456")
    around.licensing.away = True
    answer = visitor.post(PAGE, sent)
    assert answer.status_code == 503
    assert 'name="name" value="Amina"' in answer.text
    page = visitor.get(PAGE)
    assert 'name="name" value="Amina"' in page.text
    assert sent["sheet"] in page.text  # the same form, so the same act
    assert "123456" not in page.text  # what opens doors is kept nowhere
    around.licensing.away = False
    assert visitor.post(PAGE, visitor.fill(page, name="Amina")).status_code == 303
    assert 'name="name" value=""' in visitor.get(PAGE).text


def test_an_answer_that_was_lost_on_the_way_is_not_a_second_act(
    around: Around, visitor: Visitor
) -> None:
    visitor.sign_in("public", "m2")
    sent = visitor.fill(visitor.get(PAGE), name="Juma")
    around.licensing.lost_answer = True
    assert visitor.post(PAGE, sent).status_code == 503
    around.licensing.lost_answer = False
    assert visitor.post(PAGE, sent).headers["location"] == f"{PAGE}/1"
    assert around.licensing.made == {sent["sheet"]: 1}


def test_a_double_click_and_the_back_button_lead_to_the_same_place(
    around: Around, visitor: Visitor
) -> None:
    visitor.sign_in("public", "m3")
    sent = visitor.fill(visitor.get(PAGE), name="Neema")
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: visitor.post(PAGE, sent), range(4)))
    answers.append(visitor.post(PAGE, sent))
    assert {answer.headers["location"] for answer in answers} == {f"{PAGE}/1"}
    assert len(around.licensing.made) == 1
    changed = visitor.post(PAGE, sent | {"name": "Neema Two"})
    assert changed.status_code == 409
    assert "has been sent already" in changed.text
    assert f'href="{PAGE}/1"' in changed.text
    assert len(around.licensing.made) == 1


def test_a_session_that_ends_in_mid_form_loses_nothing(around: Around, visitor: Visitor) -> None:
    visitor.sign_in("public", "m4")
    sent = visitor.fill(visitor.get(PAGE), name="Asha")
    around.pass_time(minutes=31)
    answer = visitor.post(PAGE, sent)
    assert answer.status_code == 401
    assert "You were signed out" in answer.text
    assert f"/signin/public?to={PAGE}" in answer.text
    assert around.licensing.made == {}
    back = visitor.sign_in("public", "m4", to=PAGE)
    assert back.headers["location"] == PAGE
    assert 'name="name" value="Asha"' in visitor.get(PAGE).text


def test_what_one_person_typed_is_not_shown_to_the_next_on_the_same_phone(
    around: Around, visitor: Visitor
) -> None:
    visitor.sign_in("public", "m5")
    sent = visitor.fill(visitor.get(PAGE), name="A secret of hers")
    around.pass_time(minutes=31)
    visitor.post(PAGE, sent)
    visitor.sign_in("public", "m6")
    assert "A secret of hers" not in visitor.get(PAGE).text


def test_a_session_forgotten_long_ago_still_loses_nothing(
    around: Around, visitor: Visitor
) -> None:
    visitor.sign_in("public", "m7")
    sent = visitor.fill(visitor.get(PAGE), name="Rehema")
    as_owner(around.settings, "delete from session")
    assert visitor.post(PAGE, sent).status_code == 401
    visitor.sign_in("public", "m7")
    assert 'name="name" value="Rehema"' in visitor.get(PAGE).text


def test_a_portal_restarted_in_mid_form_loses_nothing(around: Around, visitor: Visitor) -> None:
    visitor.sign_in("staff", "o1", name="Grace Lwanga")
    page = visitor.get(PAGE)
    around.licensing.away = True
    visitor.post(PAGE, visitor.fill(page, name="Half a sentence"))
    around.licensing.away = False
    again = visitor.restarted()
    assert again.get("/tests/office").json() == {"key": "staff:o1", "name": "Grace Lwanga"}
    assert 'name="name" value="Half a sentence"' in again.get(PAGE).text
    assert again.post(PAGE, visitor.fill(page, name="Whole")).status_code == 303


def test_switching_the_language_in_mid_form_keeps_what_was_typed(visitor: Visitor) -> None:
    visitor.sign_in("public", "m8")
    sent = visitor.fill(visitor.get(PAGE), name="Salma", lang="sw")
    answer = visitor.post(PAGE, sent)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}?lang=sw")
    page = visitor.get(answer.headers["location"])
    assert 'lang="sw"' in page.text
    assert 'name="name" value="Salma"' in page.text


def test_visitors_who_have_not_signed_in_keep_their_own(around: Around) -> None:
    one, other = around.visitor(), around.visitor()
    sent = one.fill(one.get("/tests/open"), name="Typed before", lang="en")
    one.post("/tests/open", sent)
    assert "Typed before" in one.get("/tests/open").text
    assert "Typed before" not in other.get("/tests/open").text
    around.pass_time(hours=3)
    assert "Typed before" not in one.get("/tests/open").text


def test_a_database_that_is_away_gives_the_form_back_to_be_sent_again(around: Around) -> None:
    kept = around.settings
    visitor = around.visitor()
    page = visitor.get("/tests/open")
    gone = kept.database.__class__("postgresql://nobody@127.0.0.1:9/none")
    around.settings = kept.model_copy(update={"database": gone})
    lost = visitor.restarted()
    answer = lost.post("/tests/open", visitor.fill(page, name="Typed in an outage"))
    assert answer.status_code == 503
    assert 'name="name" value="Typed in an outage"' in answer.text
    assert lost.get("/").status_code == 200
    around.settings = kept
    again = lost.restarted()
    sent = again.fill(answer, name="Typed in an outage")
    assert again.post("/tests/open", sent).headers["location"] == "/tests/open/sent"


def test_the_database_alone_tells_nobody_anything(around: Around, visitor: Visitor) -> None:
    visitor.sign_in("public", "someone-of-note", phone_number="+255700000123")
    visitor.post(PAGE, visitor.fill(visitor.get(PAGE), name="A name to be found", lang="en"))
    for table in ("session", "sheet"):
        rows = as_owner(around.settings, f"select * from {table}")
        assert rows
        told = repr([bytes(v) if isinstance(v, memoryview) else v for row in rows for v in row])
        for word in ("someone-of-note", "A name to be found", "access-", "+255", PAGE):
            assert word not in told
