"""Around every answer: its language, its headers, a limit to what is sent, a page when it fails."""

from dataclasses import dataclass
from typing import Final

import structlog
from fastapi import Request, Response
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.trace import trace_id
from kernel.problems import Problem
from portal.web.calls import call_for
from portal.web.cookies import LANGUAGE, YEAR, Cookies
from portal.web.languages import Language, Languages, speak
from portal.web.pages import ASKED
from portal.web.trouble import TooLarge, WentWrong, tell

HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(self), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
POLICY: Final = (
    "default-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; "
    "form-action 'self'"
)
KEPT_SECURE: Final = "max-age=31536000"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Frame:
    """ASGI layer. `leads_to` are the origins that a form may end at by way of a redirect."""

    app: ASGIApp
    languages: Languages
    cookies: Cookies
    most: int
    leads_to: tuple[str, ...] = ()
    proxy: str = ""
    over_tls: bool = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        asked = request.query_params.get(ASKED)
        language = self.languages.choose(
            asked,
            self.cookies.read(request, LANGUAGE),
            request.headers.get("accept-language", ""),
        )
        speak(language)
        call_for(request, self.proxy)
        chosen = language.tag if asked == language.tag else None
        onward = _Answering(send, self._headers(language), self._remember(chosen))
        try:
            await self.app(scope, _Measured(request, receive, self.most), onward)
        except Problem as refused:
            await self._fail(scope, receive, onward, refused)
        except Exception as mistake:
            log.exception("request.mistake", error=type(mistake).__name__)
            await self._fail(scope, receive, onward, WentWrong("Tell us the trace"))

    async def _fail(
        self, scope: Scope, receive: Receive, onward: "_Answering", problem: Problem
    ) -> None:
        """A page, unless an answer has begun: half of one cannot be taken back."""
        if onward.begun:
            log.warning("request.cut_off", trace=trace_id())
            return
        page = await tell(Request(scope), problem)
        await page(scope, receive, onward)

    def _headers(self, language: Language) -> dict[str, str]:
        policy = " ".join([POLICY, *self.leads_to])
        told = HEADERS | {"Content-Security-Policy": policy, "Content-Language": language.tag}
        return told | ({"Strict-Transport-Security": KEPT_SECURE} if self.over_tls else {})

    def _remember(self, tag: str | None) -> str | None:
        """The cookie by which the chosen language is spoken the next time too."""
        if tag is None:
            return None
        answer = Response()
        self.cookies.put(answer, LANGUAGE, tag, YEAR)
        return answer.headers["set-cookie"]


@dataclass(slots=True)
class _Answering:
    onward: Send
    headers: dict[str, str]
    cookie: str | None
    begun: bool = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            told = MutableHeaders(scope=message)
            for name, value in self.headers.items():
                told.setdefault(name, value)
            told.setdefault("Cache-Control", "no-store")
            if "immutable" not in told["Cache-Control"]:
                told.add_vary_header("Cookie")
                told.add_vary_header("Accept-Language")
            if self.cookie:
                told.append("Set-Cookie", self.cookie)
        await self.onward(message)


class _Measured:
    """Takes no more than the limit, whatever the sender says the length is. Raises TooLarge."""

    def __init__(self, request: Request, receive: Receive, most: int) -> None:
        said = request.headers.get("content-length", "0")
        if said.isdigit() and int(said) > most:
            self.left = -1
        else:
            self.left = most
        self.receive = receive

    async def __call__(self) -> Message:
        message = await self.receive() if self.left >= 0 else {}
        self.left -= len(message.get("body", b""))
        if self.left < 0:
            raise TooLarge("The form is too large")
        return message
