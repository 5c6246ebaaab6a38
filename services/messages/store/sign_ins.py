"""Sign-ins on their way, in the database: short-lived rows, locked while they are judged."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.messages.domain.one_time_code import OneTimeCode
from services.messages.domain.sign_in import AuthorizationCode, SignIn
from services.messages.store import mapping, tables

mapping.map_entities()


@dataclass(frozen=True, slots=True)
class SignIns:
    session: Session

    def add(self, row: SignIn | OneTimeCode | AuthorizationCode) -> None:
        self.session.add(row)
        self.session.flush()

    def take(self, ticket_hash: bytes, browser_hash: bytes, real_now: datetime) -> SignIn | None:
        """Locked; None when it is over, unknown, or another browser's."""
        columns = tables.sign_in.c
        here = (
            columns.ticket_hash == ticket_hash,
            columns.browser_hash == browser_hash,
            columns.expires_at > real_now,
        )
        return self.session.scalars(select(SignIn).where(*here).with_for_update()).first()

    def take_code(self, code: UUID | None) -> OneTimeCode | None:
        columns = tables.one_time_code.c
        wanted = select(OneTimeCode).where(columns.id == code).with_for_update()
        return self.session.scalars(wanted).first()

    def take_authorization(self, code_hash: bytes) -> AuthorizationCode | None:
        columns = tables.authorization_code.c
        wanted = select(AuthorizationCode).where(columns.hash == code_hash).with_for_update()
        return self.session.scalars(wanted).first()

    def end(self, sign_in: SignIn) -> None:
        self.session.delete(sign_in)

    def forget_expired(self, real_now: datetime) -> int:
        """Remove what can no longer be used by anybody; how many rows that were."""
        gone = 0
        for table in (tables.sign_in, tables.one_time_code, tables.authorization_code):
            over = delete(table).where(table.c.expires_at <= real_now)
            gone += len(self.session.execute(over.returning(table.c.expires_at)).all())
        return gone
