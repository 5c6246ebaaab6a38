"""Behind the sign-in pages: sends codes and judges them, and says what went wrong."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import Depends, Request, Response

from chassis.rate_limits import Tries, client_address
from chassis.unit_of_work import Works
from contracts.messages.language import FailedBecause
from kernel.authority import NOBODY
from kernel.problems import TooMany
from services.messages.acts.begin_sign_in import Pass, Seen, see_sign_in
from services.messages.acts.check_code import Checked, check_code
from services.messages.acts.record_failed import record_failed
from services.messages.acts.record_sent import record_sent
from services.messages.acts.send_code import send_code
from services.messages.desk import Desk
from services.messages.domain.notice import Sending
from services.messages.domain.number import read_code, read_number
from services.messages.domain.one_time_code import Judged, tries_key
from services.messages.domain.page_words import says
from services.messages.gateways.gateway import GatewayAway, SendingRefused, Texts
from services.messages.routes.at_desk import AtDesk, AtTexts, AtWorks
from services.messages.routes.pages import Pages

HOUR: Final = timedelta(hours=1)


def pages_of(desk: Desk) -> Pages:
    told = desk.settings
    return Pages.of(told.phone_issuer, (told.public_issuer, told.public_url))


def back(to: str, state: str | None, **answer: str) -> Response:
    """To the client's own address, with an answer in the query."""
    told = answer if state is None else {**answer, "state": state}
    headers = {
        "Location": f"{to}?{urlencode(told)}",
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
    }
    return Response(status_code=303, headers=headers)


@dataclass(frozen=True, slots=True)
class Counter:
    """One request at the counter. No unit of work is open while the gateway is called."""

    desk: Desk
    works: Works
    texts: Texts
    tries: Tries
    address: str

    @property
    def pages(self) -> Pages:
        return pages_of(self.desk)

    def ask_code(self, shown: Pass, typed: str) -> Response:
        seen = self._seen(shown)
        if seen is None:
            return self._too_old()
        phone = read_number(typed, self.desk.settings.calling_code)
        if phone is None:
            problem = says(seen.language, "not_a_number")
            return self.pages.number(
                seen.language, shown.ticket, typed=typed[:40], problem=problem, status=400
            )
        return self._send(shown, seen, phone)

    def ask_code_again(self, shown: Pass) -> Response:
        seen = self._seen(shown)
        if seen is None or seen.phone is None:
            return self._too_old()
        return self._send(shown, seen, seen.phone)

    def check(self, shown: Pass, typed: str) -> Response:
        seen = self._seen(shown)
        checked = self.works.run(
            NOBODY, lambda work: check_code(work, self.desk, shown, read_code(typed))
        )
        if seen is None or checked is None:
            return self._too_old()
        if checked.judged is not Judged.RIGHT:
            return self._ask_again(shown, seen, checked)
        if checked.blocked:
            return self.pages.stop(checked.language, says(checked.language, "blocked"), 403)
        self.tries.forgive(self._key("number", checked.phone))
        return back(checked.redirect_uri, checked.state, code=checked.code)

    def _ask_again(self, shown: Pass, seen: Seen, checked: Checked) -> Response:
        problem = says(seen.language, checked.judged.value, left=checked.tries_left)
        return self._code_page(shown, seen.language, seen.phone or "", problem, 400)

    def _send(self, shown: Pass, seen: Seen, phone: str) -> Response:
        try:
            self._spend(phone)
        except TooMany as over:
            seconds = int(str(over.facts["retry_after"]))
            problem = says(seen.language, "too_many", minutes=-(-seconds // 60))
            page = self.pages.number(seen.language, shown.ticket, problem=problem, status=429)
            page.headers["Retry-After"] = str(seconds)
            return page
        made = self.works.run(NOBODY, lambda work: send_code(work, self.desk, shown, phone))
        if made is None:
            return self._too_old()
        if self._hand_over(made.sending):
            return self._code_page(shown, seen.language, phone)
        problem = says(seen.language, "not_sent")
        return self.pages.number(
            seen.language, shown.ticket, typed=phone, problem=problem, status=503
        )

    def _spend(self, phone: str) -> None:
        """Raises TooMany. A right code gives the number its tries back."""
        told = self.desk.settings
        from_here = self._key("address", self.address)
        self.tries.spend(from_here, told.codes_an_hour_from_address, HOUR)
        self.tries.spend(self._key("number", phone), told.codes_an_hour, HOUR)

    def _key(self, kind: str, of: str) -> str:
        return tries_key(kind, of, self.desk.pepper)

    def _hand_over(self, sending: Sending) -> bool:
        """Now or never: a code that comes late is of no use."""
        notice = sending.notice
        try:
            name = self.texts.send(sending)
        except GatewayAway:
            because = FailedBecause.GATEWAY_AWAY
        except SendingRefused:
            because = FailedBecause.REFUSED
        else:
            self.works.run(NOBODY, lambda work: record_sent(work, notice, name))
            return True
        self.works.run(NOBODY, lambda work: record_failed(work, notice, because))
        return False

    def _code_page(
        self, shown: Pass, language: str, phone: str, problem: str = "", status: int = 200
    ) -> Response:
        ends = phone[-3:]
        return self.pages.code(language, shown.ticket, ends, problem=problem, status=status)

    def _seen(self, shown: Pass) -> Seen | None:
        return self.works.run(NOBODY, lambda work: see_sign_in(work, shown))

    def _too_old(self) -> Response:
        language = self.desk.languages[0]
        return self.pages.stop(language, says(language, "begin_again"), 400)


def counter_of(request: Request, desk: AtDesk, works: AtWorks, texts: AtTexts) -> Counter:
    return Counter(desk, works, texts, request.app.state.tries, client_address(request))


AtCounter = Annotated[Counter, Depends(counter_of)]
