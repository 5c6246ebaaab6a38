"""Brings language packs up to the words of the pages: `python -m portal.web.packs [FOLDER]`.

FOLDER holds one folder for each language, as `portal/languages` does. What is new stands empty in
each pack and waits for a translator; what no page says any more is taken out.
"""

import sys
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import write_po

from portal.web.languages import OWN, SOURCE, WORDS, read_catalog

PORTAL: Final = Path(__file__).parents[1]
WHERE: Final = [("**.py", "python"), ("templates/**.html", "jinja2")]
OPTIONS: Final = {"templates/**.html": {"trimmed": "true", "newstyle_gettext": "true"}}
CALLS: Final = {**DEFAULT_KEYWORDS, "say": None, "to_say": None}
HEADER: Final = """msgid ""
msgstr ""
"Language: {language}\\n"
"Plural-Forms: {plurals}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def gather() -> Catalog:
    """Every text that a template or the code says to people."""
    found = Catalog()
    walked = extract_from_dir(
        PORTAL, WHERE, OPTIONS, keywords=CALLS,
        directory_filter=lambda folder: Path(folder).name not in {"assets", "static"},
    )
    for _, _, message, _, context in walked:
        found.add(message, context=context)
    return found


def lacking(pack: Path) -> list[str]:
    """The texts that a pack does not say, or says without the values they need."""
    held = read_catalog(pack)
    gaps = []
    for message in gather():
        own = held.get(message.id, message.context)
        said = own is not None and own.string and not own.fuzzy
        if message.id and (own is None or not said or any(own.check(held))):
            gaps.append(str(message.id))
    return gaps


def update(folder: Path) -> None:
    """Every pack of the folder has the pages' words and no others, in their order."""
    words = gather()
    for pack in sorted(folder.glob(f"*/{WORDS}")):
        held = read_catalog(pack)
        held.update(words, no_fuzzy_matching=True)
        held.obsolete.clear()
        language = pack.parent.name
        with pack.open("wb") as file:
            file.write(HEADER.format(language=language, plurals=held.plural_forms).encode())
            write_po(file, held, width=0, sort_output=True, omit_header=True)
        empty = len(lacking(pack)) if language != SOURCE else 0
        sys.stdout.write(f"{language}: {empty} texts wait for a translator\n")


if __name__ == "__main__":
    update(Path(sys.argv[1]) if sys.argv[1:] else OWN)
