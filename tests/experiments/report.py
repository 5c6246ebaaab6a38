"""What an experiment found: said to a reader, and written for tools."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

BUILD = Path(__file__).resolve().parents[2] / "build"
EVERY_RUN, ACCEPTANCE = "every-run", "acceptance"


@dataclass(slots=True)
class Finding:
    """One run of one experiment. `broken` lists every breach of its promise, in words."""

    id: str
    size: str
    seed: int
    promise: str
    tried: dict[str, int | float | str] = field(default_factory=dict)
    found: dict[str, int | float | str] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    @property
    def kept(self) -> bool:
        return not self.broken

    def must(self, true: bool, otherwise: str) -> None:
        """Note a breach unless `true`."""
        if not true:
            self.broken.append(otherwise)

    def say(self) -> str:
        lines = [
            f"{self.id} at {self.size} size, seed {self.seed}",
            f"  promise  {self.promise}",
            "  tried    " + ", ".join(f"{name} {n}" for name, n in self.tried.items()),
            "  found    " + ", ".join(f"{name} {n}" for name, n in self.found.items()),
            f"  {'kept' if self.kept else 'BROKEN'}",
        ]
        return "\n".join(lines + [f"    {one}" for one in self.broken[:20]])


def write(findings: list[Finding]) -> Path:
    """`build/experiments.json`: one object for each experiment."""
    BUILD.mkdir(exist_ok=True)
    path = BUILD / "experiments.json"
    rows = [asdict(one) | {"kept": one.kept} for one in findings]
    path.write_text(json.dumps(rows, indent=1) + "\n")
    return path
