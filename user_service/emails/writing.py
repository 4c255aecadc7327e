"""What the mails of this service say, in Korean and English, as plain text and as HTML."""

import uuid
from html import escape
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings

from chatflow.mail.port import Mail
from user_service.accounts.models import User
from user_service.emails import tokens
from user_service.emails.models import EmailConfirmation

LANGUAGES = ("en", "ko")
# The token stands behind the #, so that it gets into no log of any server.
PAGE = "/confirm-email"


class Words(NamedTuple):
    """A mail with one link. `{user}` and `{host}` are filled in.

    Of a person it has the username alone: a display name could say anything, to whomever it is sent.
    """

    subject: str
    before: str
    button: str
    after: str


CONFIRMATION_WORDS = {
    "en": Words(
        subject="Confirm your e-mail address",
        before="The account @{user} at {host} wants to get mail here. If it is yours, confirm this within 24 hours:",
        button="Confirm the address",
        after="If it is not yours, there is nothing to do: nothing else will be sent here.",
    ),
    "ko": Words(
        subject="이메일 주소를 확인해 주세요",
        before="{host}의 @{user} 계정에서 이 주소로 메일을 받으려고 합니다. 본인의 계정이면 24시간 안에 확인해 주세요.",
        button="주소 확인하기",
        after="본인의 계정이 아니라면 아무것도 하지 않아도 됩니다. 이 주소로 더는 메일을 보내지 않습니다.",
    ),
}


def write_confirmation(waiting: EmailConfirmation, *, user: User, mail_id: uuid.UUID, language: str) -> Mail:
    chosen = language_of(user.locale) or language
    link = f"{settings.CHATFLOW.link_origin}{PAGE}#{tokens.write_token(waiting.id)}"
    host = urlsplit(settings.CHATFLOW.link_origin).netloc
    words = Words(*(part.format(user=user.username, host=host) for part in CONFIRMATION_WORDS[chosen]))
    return Mail(
        to=waiting.address,
        subject=words.subject,
        text=f"{words.before}\n\n{link}\n\n{words.after}\n",
        html=write_html(words, link=link, language=chosen),
        message_id=f"{mail_id}@{urlsplit(settings.CHATFLOW.link_origin).hostname}",
    )


def language_of(locale: str | None) -> str | None:
    """Return the language of a tag, as of `ko-KR`, if it is one that mails are written in."""
    language = (locale or "").partition("-")[0].lower()
    return language if language in LANGUAGES else None


def language_asked_for(accepted: str) -> str:
    """Return the language of a browser's Accept-Language; the first that there is, for browsers list them in order."""
    tags = (language_of(part.partition(";")[0].strip()) for part in accepted[:200].split(","))
    return next(filter(None, tags), LANGUAGES[0])


def write_html(words: Words, *, link: str, language: str) -> str:
    """Return a page that asks for nothing from anywhere: mail programs show no pictures and no style sheets."""
    before, button, after, href = (escape(text) for text in (words.before, words.button, words.after, link))
    return f"""<!doctype html>
<html lang="{language}"><body style="font:16px/1.6 sans-serif;color:#1b1c1f;max-width:34em;margin:0 auto;padding:24px">
<p>{before}</p>
<p><a href="{href}" style="display:inline-block;padding:10px 18px;border-radius:8px;background:#2b4a8b;color:#ffffff;\
text-decoration:none">{button}</a></p>
<p style="word-break:break-all"><a href="{href}">{href}</a></p>
<p style="color:#5b5e66">{after}</p>
</body></html>
"""
