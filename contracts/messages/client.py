"""Messages, as the portal and the command line call it."""

from dataclasses import dataclass
from uuid import UUID

from contracts.calling import Calling
from contracts.messages.wire import (
    LanguageChosen,
    NoticePage,
    NoticeView,
    SubscriberState,
    SubscriberStopped,
    SubscriberView,
)


@dataclass(frozen=True, slots=True)
class Messages:
    """Every method is one route; `key` makes a repeat harmless."""

    calling: Calling

    def notices(self, case: UUID | None = None, after: str | None = None) -> NoticePage:
        """Of a case, for its addressees and offices; without one, what oneself was told."""
        asked = {"case": None if case is None else str(case), "after": after}
        return self.calling.get("/notices", NoticePage, asked)

    def office_notices(self, office: str, after: str | None = None) -> NoticePage:
        return self.calling.get(f"/offices/{office}/notices", NoticePage, {"after": after})

    def mark_read(self, notice: UUID, key: str) -> NoticeView:
        return self.calling.post(f"/notices/{notice}/reading", None, NoticeView, key=key)

    def me(self) -> SubscriberView:
        return self.calling.get("/subscribers/me", SubscriberView)

    def choose_language(self, chosen: LanguageChosen) -> SubscriberView:
        return self.calling.put("/subscribers/me", chosen, SubscriberView)

    def block(self, subscriber: UUID, why: SubscriberStopped, key: str) -> SubscriberState:
        return self.calling.post(f"/subscribers/{subscriber}/block", why, SubscriberState, key=key)

    def release(self, subscriber: UUID, why: SubscriberStopped, key: str) -> SubscriberState:
        path = f"/subscribers/{subscriber}/release"
        return self.calling.post(path, why, SubscriberState, key=key)
