"""The REST API of mails: how one is reached, and how a link in a mail ends them without anybody signing in."""

from collections.abc import Awaitable, Callable
from html import escape
from typing import Annotated

import msgspec
from aiohttp import web

from chatflow.errors import Invalid
from chatflow.http.answers import json_response
from chatflow.http.documented import documented
from chatflow.http.queries import read_query
from notification_service.channels.email.recipients import Recipients
from notification_service.channels.email.tokens import UnsubscribeTokens
from notification_service.channels.email.words import WORDS, language_of
from notification_service.request_tokens import RequestTokens

UNSUBSCRIBE_PATH = "/api/notifications/email/unsubscribe"
# Nothing of anybody else's, and a form that is sent to nobody else.
POLICY = "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"


class UnsubscribeQuery(msgspec.Struct):
    token: Annotated[str, msgspec.Meta(max_length=200)]


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """Whether this installation mails what is unread, and the address that one confirmed, if one did."""

    sends: bool
    address: str | None


class MailApi:
    """`end` ends all mails about what is unread to a person."""

    def __init__(
        self,
        *,
        tokens: RequestTokens,
        links: UnsubscribeTokens,
        recipients: Recipients,
        sends: bool,
        end: Callable[[str], Awaitable[None]],
    ) -> None:
        self._tokens = tokens
        self._links = links
        self._recipients = recipients
        self._sends = sends
        self._end = end

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/notifications/email", self.show_reach),
            web.get(UNSUBSCRIBE_PATH, self.ask_unsubscribing),
            web.post(UNSUBSCRIBE_PATH, self.unsubscribe),
        ]

    @documented(
        "show_mail_reach",
        "Whether one is mailed what is unread, and where to.",
        tag="notifications",
        answers={200: Reach},
    )
    async def show_reach(self, request: web.Request) -> web.Response:
        user_id = (await self._tokens.principal_of(request.headers.get("Authorization", ""))).user_id
        recipient = (await self._recipients.of([user_id])).get(user_id)
        return json_response(Reach(sends=self._sends, address=recipient.email if recipient is not None else None))

    @documented(
        "ask_to_unsubscribe",
        "A page with a button that ends the mails about what is unread. It changes nothing, for programs follow links.",
        tag="notifications",
        asker="anybody",
        query=UnsubscribeQuery,
        answers={200: "text/html", 400: "text/html"},
    )
    async def ask_unsubscribing(self, request: web.Request) -> web.Response:
        try:
            self._links.read(read_query(request.query, UnsubscribeQuery).token)
        except Invalid:
            return page(request, "bad_link", status=400)
        return page(request, "stop_ask", has_button=True)

    @documented(
        "unsubscribe_from_mails",
        "End the mails about what is unread, as the button of a mail program does (RFC 8058).",
        tag="notifications",
        asker="anybody",
        query=UnsubscribeQuery,
        answers={200: "text/html", 400: "text/html"},
    )
    async def unsubscribe(self, request: web.Request) -> web.Response:
        try:
            user_id = self._links.read(read_query(request.query, UnsubscribeQuery).token)
        except Invalid:
            return page(request, "bad_link", status=400)
        await self._end(user_id)
        return page(request, "stopped", "stop_undo")


def page(request: web.Request, *said: str, has_button: bool = False, status: int = 200) -> web.Response:
    language = language_of(request.headers.get("Accept-Language"))
    words = WORDS[language]._asdict()
    # Without an action it goes to this very address.
    form = f'<form method="post"><button>{escape(words["stop"])}</button></form>' if has_button else ""
    text = (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
        f"<title>{escape(words['stop_title'])}</title></head><body><h1>{escape(words['stop_title'])}</h1>"
        f"<p>{escape(' '.join(words[name] for name in said))}</p>{form}</body></html>\n"
    )
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return web.Response(text=text, status=status, content_type="text/html", headers=headers)
