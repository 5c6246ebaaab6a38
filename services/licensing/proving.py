"""Proving what the log holds: a leaf's way up to a signed checkpoint, with its payload opened."""

from typing import cast

from sqlalchemy.orm import Session

from chassis import log
from kernel.log.bundle import InclusionBundle, disclosing, inclusion_bundle
from kernel.log.canonical import JSON
from services.licensing.desk import Desk
from services.licensing.store.leaves import leaf_with_salt


def prove(session: Session, desk: Desk, index: int, payload: dict[str, object]) -> InclusionBundle:
    """Everything `verify.py` needs to judge leaf `index` under the log's present head."""
    head = log.frontier(session)
    leaf, salt = leaf_with_salt(session, index)
    note = desk.checkpoints.checkpoint(head.size, head.root())
    path = log.prove_inclusion(session, index, head.size)
    bundle = inclusion_bundle(leaf, index, head.size, path, note)
    return disclosing(bundle, cast(dict[str, JSON], payload), salt)
