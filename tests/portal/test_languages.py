"""Every page speaks every language of the country, whole, and a country brings packs of its own."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from jinja2 import nodes
from portal_of_tests import portal

from portal.web.languages import OWN, SOURCE, WORDS, Language, Languages, NoPack, read_pack, speak
from portal.web.languages import say as say_now
from portal.web.packs import gather, lacking, update
from portal.web.pages import TEMPLATES, environment

PACKS = sorted(OWN.glob(f"*/{WORDS}"))
SAME_EVERYWHERE = {"Cornerpost", "TRAINING"}
MARKUP = re.compile(r"<[^>]*>|&\w+;")
SPOKEN_ATTRIBUTES = re.compile(r'\b(?:alt|title|placeholder|aria-label)="([^"]*)"')
SPOKEN_MEMBERS = {"text", "html", "titleText", "descriptionText", "label", "hint"}
LETTERS = re.compile(r"[^\W\d_]{2,}")
TEMPLATE_FILES = sorted(TEMPLATES.rglob("*.html"))


def test_there_are_packs_for_the_four_languages_and_each_says_everything() -> None:
    assert [pack.parent.name for pack in PACKS] == ["ar", "en", "fr", "sw"]
    for pack in PACKS:
        if pack.parent.name != SOURCE:
            assert lacking(pack) == [], f"{pack}: run `make messages` and fill in what is empty"


def test_no_pack_holds_what_no_page_says(tmp_path: Path) -> None:
    words = {message.id for message in gather() if message.id}
    assert len(words) > 50
    for pack in PACKS:
        copy = tmp_path / pack.parent.name / WORDS
        copy.parent.mkdir()
        copy.write_bytes(pack.read_bytes())
    update(tmp_path)
    for pack in PACKS:
        again = (tmp_path / pack.parent.name / WORDS).read_bytes()
        assert again == pack.read_bytes(), f"{pack}: run `make messages`"


@pytest.mark.parametrize("path", TEMPLATE_FILES, ids=lambda path: path.name)
def test_no_word_stands_in_a_template_that_is_not_translated(path: Path) -> None:
    made = environment()
    source = path.read_text()
    plain, inside = [], False
    for _, kind, value in made.lex(source):
        if kind == "name" and value in {"trans", "endtrans"}:
            inside = value == "trans"
        if kind == "data" and not inside:
            plain.append(value)
    text = "".join(plain)
    spoken = MARKUP.sub(" ", text) + " ".join(SPOKEN_ATTRIBUTES.findall(text))
    assert not [w for w in LETTERS.findall(spoken) if w not in SAME_EVERYWHERE]
    for pair in made.parse(source).find_all(nodes.Pair):
        key = pair.key.value if isinstance(pair.key, nodes.Const) else ""
        said = isinstance(pair.value, nodes.Const) and isinstance(pair.value.value, str)
        assert not (key in SPOKEN_MEMBERS and said), f"{key} stands without _( )"


def test_the_rule_sees_what_it_forbids() -> None:
    assert LETTERS.findall(MARKUP.sub(" ", "<p>Plain words</p>")) == ["Plain", "words"]
    pairs = environment().parse('{{ f({"text": "Send"}) }}').find_all(nodes.Pair)
    assert [pair.value.value for pair in pairs if isinstance(pair.value, nodes.Const)] == ["Send"]


@pytest.mark.parametrize(
    ("headers", "address", "spoken"),
    [
        ({}, "/", "en"),
        ({"Accept-Language": "sw-TZ,en;q=0.5"}, "/", "sw"),
        ({"Accept-Language": "de, fr;q=0.3, ar;q=0.9"}, "/", "ar"),
        ({"Accept-Language": "xx;q=much, fr"}, "/", "fr"),
        ({"Accept-Language": "fr"}, "/?lang=ar", "ar"),
        ({"Accept-Language": "fr"}, "/?lang=klingon", "fr"),
    ],
)
def test_which_language_is_spoken(headers: dict[str, str], address: str, spoken: str) -> None:
    with portal() as client:
        page = client.get(address, headers=headers)
    assert f'<html lang="{spoken}" dir="{"rtl" if spoken == "ar" else "ltr"}"' in page.text
    assert page.headers["content-language"] == spoken
    assert "Accept-Language" in page.headers["vary"]
    assert ("portal.rtl." in page.text) == (spoken == "ar")


def test_a_chosen_language_is_remembered_and_stays_on_the_same_page() -> None:
    with portal() as client:
        page = client.get("/verify?code=AMP", headers={"Accept-Language": "fr"})
        assert "Ce permis est-il valable" in page.text
        assert 'name="lang" value="sw"' in page.text  # the form goes along
        home = client.get("/")
        assert 'href="/?lang=sw"' in home.text
        client.get("/?lang=sw")
        assert "Ungependa kufanya nini" in client.get("/", headers={"Accept-Language": "fr"}).text


def test_requests_at_the_same_time_do_not_mix_their_languages() -> None:
    titles = {"en": "What would you", "fr": "Que voulez", "sw": "Ungependa", "ar": "ماذا تريد"}
    with portal() as client, ThreadPoolExecutor(16) as pool:
        asked = [tag for tag in titles for _ in range(15)]
        pages = pool.map(lambda tag: client.get("/", headers={"Accept-Language": tag}).text, asked)
        for tag, page in zip(asked, pages, strict=True):
            assert titles[tag] in page
            assert not [one for one, title in titles.items() if one != tag and title in page]


def pack(folder: Path, tag: str, text: str, said: str) -> Path:
    (folder / tag).mkdir(parents=True)
    words = f'msgid ""\nmsgstr "Language: {tag}\\n"\n\nmsgid "{text}"\nmsgstr "{said}"\n'
    (folder / tag / WORDS).write_text(words)
    return folder


def said(language: Language, text: str) -> str:
    speak(language)
    return say_now(text)


def test_a_country_replaces_a_text_and_keeps_the_others(tmp_path: Path) -> None:
    own = pack(tmp_path, "sw", "Holder", "Mwenye haki")
    language = read_pack("sw", [OWN, own])
    assert said(language, "Holder") == "Mwenye haki"
    assert said(language, "Minerals") == "Madini"


def test_a_country_adds_a_language(tmp_path: Path) -> None:
    own = pack(tmp_path, "ur", "Holder", "حامل")
    language = Languages(["ur", "en"], [OWN, own]).offered["ur"]
    assert (language.name, language.direction) == ("اردو", "rtl")
    assert said(language, "Holder") == "حامل"


@pytest.mark.parametrize("tag", ["pt", "qqx"])
def test_a_language_of_the_law_without_a_pack_is_named(tmp_path: Path, tag: str) -> None:
    folders = [OWN, pack(tmp_path, "qqx", "Holder", "?")]
    with pytest.raises(NoPack, match=tag):
        Languages(["en", tag], folders)
