"""The two pages of the sign-in by phone: no scripts, one style, readable on any phone."""

import base64
import html
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

from fastapi import Response

from services.messages.domain.page_words import RIGHT_TO_LEFT, says

STYLE: Final = (
    "body{font:18px/1.5 system-ui,sans-serif;max-width:26rem;margin:1rem auto;padding:0 1rem;"
    "color:#1c2321;background:#fff}label,button,input{display:block;width:100%;font:inherit;"
    "box-sizing:border-box}label{font-weight:600}input{padding:.6rem;border:2px solid #1c2321;"
    "border-radius:.3rem;margin:.3rem 0 1rem;direction:ltr}button{padding:.7rem;border:0;"
    "border-radius:.3rem;background:#0b5a43;color:#fff;margin:.6rem 0}"
    ".second{background:#fff;color:#0b5a43;border:2px solid #0b5a43}small{display:block}"
    ".no{border-inline-start:.4rem solid #a1121f;padding:.2rem .8rem;color:#a1121f}"
    ":focus-visible{outline:3px solid #b8860b;outline-offset:2px}"
)
STYLE_HASH: Final = base64.b64encode(sha256(STYLE.encode()).digest()).decode()
PAGE: Final = (
    '<!doctype html><html lang="{language}" dir="{way}"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width,initial-scale=1">'
    "<title>{title}</title><style>{style}</style></head>"
    "<body><main><h1>{title}</h1>{problem}{body}</main></body></html>"
)
NUMBER: Final = (
    '<form method="post" action="{base}/number"><input type="hidden" name="ticket"'
    ' value="{ticket}"><label for="phone">{phone}</label><small id="hint">{phone_hint}</small>'
    '<input id="phone" name="phone" type="tel" inputmode="tel" autocomplete="tel" required'
    ' maxlength="40" aria-describedby="{described}" value="{value}">'
    "<button>{send}</button></form>"
)
CODE: Final = (
    '<form method="post" action="{base}/code"><input type="hidden" name="ticket"'
    ' value="{ticket}"><label for="code">{code}</label><small id="hint">{code_hint}</small>'
    '<input id="code" name="code" type="text" inputmode="numeric" autocomplete="one-time-code"'
    ' required maxlength="20" aria-describedby="{described}"><button>{enter}</button></form>'
    '<form method="post" action="{base}/again"><input type="hidden" name="ticket"'
    ' value="{ticket}"><button class="second">{again}</button></form>'
)
PROBLEM: Final = '<p class="no" id="problem" role="alert"><strong>{head}</strong><br>{what}</p>'


@dataclass(frozen=True, slots=True)
class Pages:
    """Pages of one provider. `base` is its path, `leads_to` where a filled-in form may end."""

    base: str
    leads_to: tuple[str, ...]

    @classmethod
    def of(cls, issuer: str, leads_to: Iterable[str]) -> "Pages":
        origins = dict.fromkeys(_origin(address) for address in leads_to)
        return cls(urlsplit(issuer).path.rstrip("/"), tuple(origins))

    def number(
        self, language: str, ticket: str, *, typed: str = "", problem: str = "", status: int = 200
    ) -> Response:
        names = ("phone", "phone_hint", "send")
        return self._page(language, NUMBER, names, ticket, problem, status, value=typed)

    def code(
        self, language: str, ticket: str, ends: str, *, problem: str = "", status: int = 200
    ) -> Response:
        names = ("code", "code_hint", "enter", "again")
        return self._page(language, CODE, names, ticket, problem, status, ends=ends)

    def stop(self, language: str, problem: str, status: int) -> Response:
        """Nothing can be filled in here: it says what to do instead."""
        return self._page(language, "", (), "", problem, status)

    def _page(
        self,
        language: str,
        form: str,
        names: tuple[str, ...],
        ticket: str,
        problem: str,
        status: int,
        **words: str,
    ) -> Response:
        told = {name: html.escape(says(language, name, **words)) for name in names}
        told |= {name: html.escape(value) for name, value in words.items()}
        head = says(language, "problem")
        body = form.format(
            base=self.base,
            ticket=html.escape(ticket),
            described="hint problem" if problem else "hint",
            **told,
        )
        text = PAGE.format(
            language=language,
            way="rtl" if language in RIGHT_TO_LEFT else "ltr",
            title=html.escape(says(language, "title")),
            style=STYLE,
            problem=problem and PROBLEM.format(head=html.escape(head), what=html.escape(problem)),
            body=body,
        )
        return Response(text, status, self._headers(language), "text/html; charset=utf-8")

    def _headers(self, language: str) -> dict[str, str]:
        """Browsers hold a form's redirects against form-action too: all of them are named."""
        to = " ".join(("'self'", *self.leads_to))
        return {
            "Content-Security-Policy": (
                f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; form-action {to};"
                " frame-ancestors 'none'; base-uri 'none'"
            ),
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Content-Language": language,
        }


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
