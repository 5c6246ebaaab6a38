"""The dispatch: sends what is due, each way of telling at its own pace, through every outage."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import structlog
from prometheus_client import Counter, Gauge
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from chassis.unit_of_work import UnitOfWork, Works
from contracts.messages.language import Channel, FailedBecause, Reported
from kernel.authority import clockwork
from services.messages.acts.forget_sign_ins import forget_sign_ins
from services.messages.acts.plan_looks import plan_looks
from services.messages.acts.plan_sendings import plan_sendings
from services.messages.acts.put_off_sending import put_off_sending
from services.messages.acts.record_delivered import record_delivered
from services.messages.acts.record_failed import record_failed
from services.messages.acts.record_sent import record_sent
from services.messages.acts.record_signed_out import record_signed_out
from services.messages.desk import Desk
from services.messages.domain.notice import Look, Sending
from services.messages.gateways.gateway import Gateway, GatewayAway, SendingRefused, Texts
from services.messages.gateways.nowhere import mail_of, texts_of
from services.messages.gateways.sessions import Sessions
from services.messages.store.notices import Notices
from services.messages.store.subscribers import Subscribers

EVERY: Final = 0.5  # seconds between two looks into the database, unless there is news
AT_ONCE: Final = 20
ENOUGH: Final = 3  # sendings in a row that find the gateway away: the rest is put off unasked
PAUSE: Final = 2.0  # after the database or Keycloak was away

BY: Final = clockwork("messages")
SENT: Final = Counter("cornerpost_notices_total", "Notices handed over", ("channel", "outcome"))
WAITING: Final = Gauge("cornerpost_notices_waiting", "Notices that are still to be handed over")
log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Dispatch:
    """Several may work at once: what one has taken is skipped by the others."""

    works: Works
    desk: Desk
    texts: Texts
    mail: Gateway
    every: float = EVERY
    stop: threading.Event = field(default_factory=threading.Event)
    news: threading.Condition = field(default_factory=threading.Condition)
    threads: list[threading.Thread] = field(default_factory=list)
    sessions: Sessions = field(init=False)

    def __post_init__(self) -> None:
        self.sessions = Sessions.of(self.desk)

    def start(self) -> None:
        rounds = {
            "texts": self.send_texts,
            "mail": self.send_mail,
            "looks": self.tidy,
            "sessions": self.end_sessions,
        }
        for name, one_round in rounds.items():
            thread = threading.Thread(
                target=self._work, args=(one_round,), name=f"dispatch-{name}", daemon=True
            )
            thread.start()
            self.threads.append(thread)

    def end(self) -> None:
        """Stop after what is being sent."""
        self.stop.set()
        self.wake()
        for thread in self.threads:
            thread.join(timeout=15)
        self.texts.close()
        self.mail.close()
        self.sessions.close()

    def wake(self) -> None:
        """There may be something to send: do not wait for the next look."""
        with self.news:
            self.news.notify_all()

    def send_texts(self) -> int:
        return self._send_due(Channel.SMS, self.texts)

    def send_mail(self) -> int:
        return self._send_due(Channel.EMAIL, self.mail)

    def _send_due(self, channel: Channel, gateway: Gateway) -> int:
        """One round: how many were handed over."""
        due = self.works.run(BY, lambda work: plan_sendings(work, self.desk, channel, AT_ONCE))
        handed_over = away = 0
        for sending in due:
            sent = away < ENOUGH and self._send(gateway, sending)
            away = 0 if sent else away + 1
            handed_over += sent
            if not sent:
                self._act(partial(put_off_sending, notice=sending.notice))
        return handed_over

    def _send(self, gateway: Gateway, sending: Sending) -> bool:
        """False when the gateway is away."""
        notice = sending.notice
        try:
            name = gateway.send(sending)
        except GatewayAway as away:
            SENT.labels(sending.channel.value, "away").inc()
            log.warning("gateway.away", channel=sending.channel.value, error=str(away))
            return False
        except SendingRefused as no:
            SENT.labels(sending.channel.value, "refused").inc()
            log.warning("gateway.refused", notice=str(notice), code=str(no))
            self._act(lambda work: record_failed(work, notice, FailedBecause.REFUSED))
            return True
        SENT.labels(sending.channel.value, "sent").inc()
        self._act(lambda work: record_sent(work, notice, name))
        return True

    def end_sessions(self) -> int:
        """One round: whoever's number was stopped is signed out; how many were."""
        due = self.works.run(BY, lambda work: Subscribers(work.session).to_sign_out(AT_ONCE))
        for subscriber in due:
            try:
                self.sessions.end(subscriber)
            except GatewayAway as away:
                log.warning("keycloak.away", error=str(away))
                self.stop.wait(PAUSE)
                return 0
            self._act(partial(record_signed_out, subscriber=subscriber))
        return len(due)

    def look(self) -> int:
        """Ask about texts of whose delivery no report came; how many were asked about."""
        due = self.works.run(BY, lambda work: plan_looks(work, AT_ONCE))
        asked = 0
        for one in due:
            if not self._look(one):
                break
            asked += 1
        return asked

    def _look(self, one: Look) -> bool:
        try:
            found = self.texts.look_up(one.provider_ref, one.notice)
        except GatewayAway as away:
            log.warning("gateway.away", channel="sms", error=str(away))
            return False
        if found is Reported.DELIVERED:
            self._act(lambda work: record_delivered(work, one.notice))
        elif found is Reported.FAILED:
            because = FailedBecause.NOT_DELIVERED
            self._act(lambda work: record_failed(work, one.notice, because))
        return True

    def tidy(self) -> int:
        """Look after texts without reports, count, and forget sign-ins that are over."""
        self._act(forget_sign_ins)
        WAITING.set(self.works.run(BY, lambda work: Notices(work.session).waiting()))
        return self.look()

    def _act(self, act: Callable[[UnitOfWork], object]) -> None:
        self.works.run(BY, act)

    def _work(self, one_round: Callable[[], int]) -> None:
        while not self.stop.is_set():
            try:
                done = one_round()
            except (DBAPIError, PoolTimeout) as away:
                log.warning("dispatch.database_away", error=type(away).__name__)
                self.stop.wait(PAUSE)
                continue
            except Exception:
                log.exception("dispatch.mistake")
                self.stop.wait(PAUSE)
                continue
            if done == 0:
                self._rest(self.every)

    def _rest(self, seconds: float) -> None:
        with self.news:
            if not self.stop.is_set():
                self.news.wait(seconds)


def open_dispatch(works: Works, desk: Desk) -> Dispatch:
    settings = desk.settings
    return Dispatch(works, desk, texts_of(settings), mail_of(settings))
