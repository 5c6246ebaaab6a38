"""A country's colours are taken when people can read what is written in them."""

from pathlib import Path

import pytest

from portal.web.built_files import BuiltFiles
from portal.web.colours import ColourRefused, add_colours, contrast, stylesheet


def test_colours_of_the_country_become_a_stylesheet_with_a_name_of_its_own(tmp_path: Path) -> None:
    files = BuiltFiles()
    assert add_colours(files, tmp_path) is False
    (tmp_path / "colours.yaml").write_text('brand: "#003366"\nlink: "#00508a"\n')
    assert add_colours(files, tmp_path) is True
    first = files.address("colours.css")
    served = files.files[first.removeprefix("/static/")].forms[""]
    assert served == b":root{--govuk-brand-colour:#003366;--govuk-link-colour:#00508a}"
    (tmp_path / "colours.yaml").write_text('brand: "#003367"\n')
    add_colours(files, tmp_path)
    assert files.address("colours.css") != first


@pytest.mark.parametrize(
    ("colours", "why"),
    [
        ({"brand": "#ffd54a"}, "stands out"),
        ({"brand": "red; } body { display: none"}, "written like"),
        ({"background-image": "#000000"}, "none of"),
    ],
)
def test_what_cannot_be_read_or_is_no_colour_is_refused(
    colours: dict[str, str], why: str
) -> None:
    with pytest.raises(ColourRefused, match=why):
        stylesheet(colours)


def test_contrast_is_reckoned_as_the_standard_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#0b5d4e", "#ffffff") == pytest.approx(7.81, abs=0.01)
    assert contrast("#ffffff", "#ffffff") == pytest.approx(1)
