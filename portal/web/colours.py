"""A country's own colours: read from its folder, checked for contrast, made a stylesheet."""

import hashlib
import re
from pathlib import Path
from typing import Final

from ruamel.yaml import YAML

from portal.web.built_files import BuiltFiles

FILE: Final = "colours.yaml"
SHEET: Final = "colours.css"
HEX: Final = re.compile(r"#[0-9a-fA-F]{6}")
ON: Final = {  # colour -> what stands on it or what it stands on, which must be told apart from it
    "brand": "#ffffff",
    "link": "#ffffff",
    "link-visited": "#ffffff",
    "link-hover": "#ffffff",
    "focus": "#16211d",
    "template-background": "#16211d",
}
LEAST: Final = 4.5  # WCAG 2.2, 1.4.3


class ColourRefused(ValueError):
    """A colour of the country's file is no colour, not one of ours, or cannot be read."""


def add_colours(files: BuiltFiles, folder: Path) -> bool:
    """Serve the country's colours beside the stylesheet; False where it has none of its own."""
    path = folder / FILE
    if not path.is_file():
        return False
    told = YAML(typ="safe").load(path) or {}
    sheet = stylesheet({str(name): str(colour) for name, colour in told.items()}).encode()
    hashed = f"colours.{hashlib.sha256(sheet).hexdigest()[:12]}.css"
    files.add(SHEET, hashed, "text/css", sheet)
    return True


def stylesheet(colours: dict[str, str]) -> str:
    """The custom properties that take the place of ours. Raises ColourRefused."""
    for name, colour in colours.items():
        if name not in ON:
            raise ColourRefused(f"{name} is none of {', '.join(ON)}")
        if not HEX.fullmatch(colour):
            raise ColourRefused(f"{name} is written like #0b5d4e, not {colour!r:.40}")
        if (found := contrast(colour, ON[name])) < LEAST:
            raise ColourRefused(
                f"{name} {colour} stands out {found:.1f} to 1 from {ON[name]}; "
                f"{LEAST} is what eyes need"
            )
    rules = ";".join(f"--govuk-{name}-colour:{colour}" for name, colour in colours.items())
    return f":root{{{rules}}}"


def contrast(one: str, other: str) -> float:
    """How far two colours stand apart, 1 to 21, as WCAG 2.2 reckons it."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
