"""How a word of a notice names a text of the law, so that its reader's language decides it."""

from typing import Final

TEXT: Final = "text:"  # followed by the key under which the notice's edition holds the text


def text_param(key: str) -> str:
    """The word that stands in a notice's params for the text `key`; messages says it."""
    return TEXT + key
