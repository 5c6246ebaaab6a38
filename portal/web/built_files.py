"""What set-up built: served under names that change with the content, so kept by browsers."""

import json
import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fastapi import Request
from starlette.responses import Response

from kernel.problems import NotFound

FOLDER: Final = Path(__file__).parents[1] / "static/dist"
FOR_EVER: Final = "public, max-age=31536000, immutable"
COMPRESSED: Final = {"br": ".br", "gzip": ".gz"}  # the best first


class NotBuilt(RuntimeError):
    """The portal's stylesheets are not there: `make setup` builds them."""


@dataclass(frozen=True, slots=True)
class BuiltFile:
    """One file in every form it is sent in, by content encoding; plain under the empty name."""

    media_type: str
    forms: dict[str, bytes]


class BuiltFiles:
    """All of them, read once: they are few and small."""

    def __init__(self, folder: Path = FOLDER) -> None:
        listed = folder / "manifest.json"
        if not listed.is_file():
            raise NotBuilt(f"{folder} holds no built files: run `make setup`")
        self.names: dict[str, str] = json.loads(listed.read_text())
        self.files = {name: _read(folder / name) for name in self.names.values()}

    def add(self, name: str, hashed: str, media_type: str, content: bytes) -> None:
        """A file that is made when the portal starts, such as a country's colours."""
        self.names[name] = hashed
        self.files[hashed] = BuiltFile(media_type, {"": content})

    def address(self, name: str) -> str:
        """Where pages find the file called `name` before it was given its hash."""
        return f"/static/{self.names[name]}"

    def serve(self, request: Request, name: str) -> Response:
        """The file in the best form the browser takes. Raises NotFound."""
        found = self.files.get(name)
        if found is None:
            raise NotFound("There is no such file")
        taken = request.headers.get("accept-encoding", "").replace(" ", "").split(",")
        told = {"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding"}
        form = next((one for one in COMPRESSED if one in taken and one in found.forms), "")
        if form:
            told["Content-Encoding"] = form
        return Response(found.forms[form], headers=told, media_type=found.media_type)


def _read(path: Path) -> BuiltFile:
    forms = {"": path.read_bytes()}
    for encoding, ending in COMPRESSED.items():
        beside = path.with_name(path.name + ending)
        if beside.is_file():
            forms[encoding] = beside.read_bytes()
    return BuiltFile(mimetypes.guess_type(path.name)[0] or "application/octet-stream", forms)
