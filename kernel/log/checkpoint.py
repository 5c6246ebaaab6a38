"""Checkpoints: a log's size and root as signed text (C2SP tlog-checkpoint and signed-note)."""

import base64
import binascii
import hashlib
from dataclasses import dataclass

from kernel.log.tree import HASH_BYTES

ED25519 = b"\x01"
KEY_ID_BYTES = 4
TRAINING = "TRAINING"
DASH = "\u2014 "


class NotACheckpoint(ValueError):
    """The text does not follow the checkpoint or signed-note format."""


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line: who (key name), which key (4 bytes) and the bytes of the signature."""

    name: str
    key_id: bytes
    signature: bytes

    def line(self) -> str:
        """`— name base64(key id || signature)`, without the line end."""
        return f"{DASH}{self.name} {_encoded(self.key_id + self.signature)}"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself: `size` leaves with this root, under the log's unique origin."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        """The note text: exactly what is signed, in UTF-8, with its last line end."""
        lines = (checked_name(self.origin), str(self.size), _encoded(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)

    def signed(self, *signatures: NoteSignature) -> str:
        """The whole signed note: text, an empty line, one line for each signature."""
        if not signatures:
            raise NotACheckpoint("a signed note has at least one signature")
        return self.text() + "\n" + "".join(f"{one.line()}\n" for one in signatures)

    @property
    def training(self) -> bool:
        """Does it come from a training stack?"""
        return is_training(self.origin)


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A parsed note. Signatures are as found: nothing here has verified them."""

    checkpoint: Checkpoint
    signatures: tuple[NoteSignature, ...]

    def by(self, name: str, public_key: bytes) -> NoteSignature | None:
        """The signature line this Ed25519 key claims, whether or not it verifies."""
        wanted = name, key_id(name, public_key)
        found = [one for one in self.signatures if (one.name, one.key_id) == wanted]
        return found[0] if len(found) == 1 else None


def origin_of(country_host: str, service: str, *, training: bool) -> str:
    """A log's origin and key name: `cadastre.example/licensing`, in training with TRAINING between.

    Unique per log, and legal as a key name: no space, no plus.
    """
    middle = f"/{TRAINING}/" if training else "/"
    return checked_name(f"{country_host}{middle}{service}")


def is_training(origin: str) -> bool:
    """Is TRAINING one of the segments of this origin?"""
    return TRAINING in origin.split("/")


def key_id(name: str, public_key: bytes) -> bytes:
    """The first 4 bytes of SHA-256(name, line end, 0x01, raw Ed25519 public key)."""
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public_key).digest()[:KEY_ID_BYTES]


def verifier_key(name: str, public_key: bytes) -> str:
    """The vkey `name+hex key id+base64(0x01 || key)` by which witnesses and monitors know a log."""
    return f"{checked_name(name)}+{key_id(name, public_key).hex()}+{_encoded(ED25519 + public_key)}"


def parse_checkpoint(note: str) -> SignedCheckpoint:
    """Read a signed checkpoint; NotACheckpoint when any line of it is not as the format says."""
    text, empty, tail = note.rpartition("\n\n")
    if not empty or not tail.endswith("\n"):
        raise NotACheckpoint("a signed note is text, an empty line and signature lines")
    lines = text.split("\n")
    if len(lines) < 3 or not all(line and line.isprintable() for line in lines):
        raise NotACheckpoint("origin, size and root come first, and no line is empty")
    origin, size, root, *extensions = lines
    checkpoint = Checkpoint(checked_name(origin), _size(size), _root(root), tuple(extensions))
    signatures = tuple(_signature(line) for line in tail[:-1].split("\n"))
    return SignedCheckpoint(checkpoint, signatures)


def checked_name(name: str) -> str:
    """The name, if it may name a key: not empty, without white space and plus signs."""
    if not name or "+" in name or not name.isprintable() or name != "".join(name.split()):
        raise NotACheckpoint("a log's name is not empty and holds neither white space nor plus")
    return name


def _size(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or (text[0] == "0" and text != "0"):
        raise NotACheckpoint("the size is a decimal number without leading zeros")
    return int(text)


def _root(text: str) -> bytes:
    root = _decoded(text)
    if len(root) != HASH_BYTES:
        raise NotACheckpoint("the root is 32 bytes in base64")
    return root


def _signature(line: str) -> NoteSignature:
    dash, name, encoded = line[:2], *line[2:].partition(" ")[::2]
    if dash != DASH:
        raise NotACheckpoint("a signature line begins with a dash and a space")
    blob = _decoded(encoded)
    if len(blob) <= KEY_ID_BYTES:
        raise NotACheckpoint("a signature line holds a key id and a signature")
    return NoteSignature(checked_name(name), blob[:KEY_ID_BYTES], blob[KEY_ID_BYTES:])


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _decoded(text: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as broken:
        raise NotACheckpoint("this is not base64") from broken
    if _encoded(data) != text:
        raise NotACheckpoint("this base64 is spelled in a second way")
    return data
