"""Identifiers, and how they are told apart from public codes."""

from uuid import UUID


def as_uuid(text: str) -> UUID | None:
    """The UUID that `text` spells in its canonical 36-character form, or None (then it may be a
    public code)."""
    if len(text) != 36:
        return None
    try:
        return UUID(text)
    except ValueError:
        return None
