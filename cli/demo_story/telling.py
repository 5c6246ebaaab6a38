"""Tells the story: numbered sections, one line for each fact with the address where it is seen."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel

from deploy.stack.layout import ROOT, Refused

Say = Callable[[str], None]


@dataclass(slots=True)
class Teller:
    """`folder` is where files of this run are kept for whoever wants to look at them."""

    say: Say
    folder: Path
    addresses: dict[str, str] = field(default_factory=dict)
    _sections: int = 0

    def section(self, title: str) -> None:
        self._sections += 1
        self.say(f"\n{self._sections}  {title}")

    def fact(self, words: str, seen_at: str = "") -> None:
        self.say(f"   - {words}" + (f"  [{seen_at}]" if seen_at else ""))

    def remember(self, what: str, address: str) -> None:
        """An address for the table at the end."""
        self.addresses[what] = address

    def keep(self, name: str, content: BaseModel | bytes) -> Path:
        """Write a document of this run down as a file."""
        path = self.folder / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content.model_dump_json(indent=1))
        return path

    def verify(self, what: str, file: Path, *keys: Path) -> dict[str, object]:
        """Have `verify.py` judge a file as a stranger would; what it found. Raises Refused."""
        command = [sys.executable, str(ROOT / "verify.py"), what, str(file)]
        for key in keys:
            command += ["--key", str(key)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Refused(f"verify.py does not believe {file}: {done.stdout}{done.stderr}")
        body = done.stdout[done.stdout.index("{") : done.stdout.rindex("}") + 1]
        found: dict[str, object] = json.loads(body)
        return found


def must(holds: object, words: str) -> None:
    """What the story relies on. Raises Refused: then the ring did not do what it promises."""
    if not holds:
        raise Refused(f"This should be so and is not: {words}")
