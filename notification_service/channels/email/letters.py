"""Writes one mail about all that a person has not read: HTML and plain text, with links that lead to each message."""

from collections.abc import Sequence
from datetime import datetime
from html import escape
from typing import NamedTuple

from chatflow.mail.port import Mail
from chatflow.wire.mail_recipients import MailRecipient
from notification_service.channels.email.markdown import html_of, plain_of
from notification_service.channels.email.words import WORDS, language_of
from notification_service.channels.stories import Story
from notification_service.channels.words import CONVERSATION, TITLE_CHARACTERS, one_line, title_of
from notification_service.deciding.notices import Notice
from notification_service.deciding.quiet_hours import zone_of

# The newest of them; the others are counted.
SHOWN_AT_MOST = 20
SETTINGS_PATH = "/settings/notices"


class Unread(NamedTuple):
    """A notice, and what is known of it."""

    notice: Notice
    story: Story


class Shown(NamedTuple):
    """A notice as a mail shows it."""

    title: str
    url: str
    at: str
    text: str
    html: str


def write_letter(
    unread: Sequence[Unread], *, to: MailRecipient, address: str, message_id: str, site: str, unsubscribe: str
) -> Mail:
    """Return the mail; `unsubscribe` is the link that ends such mails."""
    language = language_of(to.locale)
    ordered = sorted(unread, key=lambda one: one.notice.at)
    shown = [show(one, language=language, site=site, zone=to.time_zone) for one in ordered[-SHOWN_AT_MOST:]]
    more = len(ordered) - len(shown)
    return Mail(
        to=address,
        subject=subject_of(ordered, language=language),
        text=text_of(shown, more=more, to=to, site=site, unsubscribe=unsubscribe),
        html=page_of(shown, more=more, to=to, site=site, unsubscribe=unsubscribe),
        message_id=message_id,
        # RFC 8058: a mail program has a button for it, which needs no page of ours.
        headers={
            "List-Unsubscribe": f"<{unsubscribe}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )


def subject_of(unread: Sequence[Unread], *, language: str) -> str:
    words, rooms = WORDS[language], {one.notice.room_id for one in unread}
    if len(unread) == 1:
        return title(unread[0], language=language)
    if len(rooms) == 1:
        room = unread[0].story.room_name or CONVERSATION[language]
        return one_line(words.unread_in_room.format(count=len(unread), room=room), TITLE_CHARACTERS)
    return words.unread.format(count=len(unread))


def title(one: Unread, *, language: str) -> str:
    name = one.story.names.get(one.notice.actor)
    return title_of(one.notice.kind, language=language, name=name, room=one.story.room_name)


def show(one: Unread, *, language: str, site: str, zone: str | None) -> Shown:
    notice, story = one.notice, one.story
    at = datetime.fromisoformat(notice.at).astimezone(zone_of(zone or "UTC"))
    return Shown(
        title=title(one, language=language),
        url=f"{site}/rooms/{notice.room_id}/{notice.seq}",
        at=f"{at:%Y-%m-%d %H:%M} {at.tzname()}",
        text=plain_of(story.text or "", names=story.names),
        html=html_of(story.text or "", names=story.names),
    )


def text_of(shown: Sequence[Shown], *, more: int, to: MailRecipient, site: str, unsubscribe: str) -> str:
    words = WORDS[language_of(to.locale)]
    parts = [f"{greeting(to)}\n{words.lead}"]
    for one in shown:
        quoted = "".join(f"\n> {line}" for line in one.text.split("\n")) if one.text else ""
        parts.append(f"{one.title}\n{one.at}{quoted}\n{one.url}")
    if more:
        parts.append(words.more.format(count=more))
    parts += [
        f"{words.open}: {site}/",
        f"-- \n{words.why}\n{words.settings}: {site}{SETTINGS_PATH}\n{words.stop}: {unsubscribe}\n{words.no_answers}",
    ]
    return "\n\n".join(parts) + "\n"


def page_of(shown: Sequence[Shown], *, more: int, to: MailRecipient, site: str, unsubscribe: str) -> str:
    language = language_of(to.locale)
    words = WORDS[language]
    items = "".join(
        f'<li style="margin:0 0 20px"><a href="{escape(one.url)}"><strong>{escape(one.title)}</strong></a><br>'
        f'<small style="color:#666">{escape(one.at)}</small>'
        f'<div style="margin:6px 0 0;padding:0 0 0 10px;border-left:3px solid #ccc">{one.html}</div></li>'
        for one in shown
    )
    counted = f"<p>{escape(words.more.format(count=more))}</p>" if more else ""
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8"><title>ChatFlow</title></head>'
        '<body style="font-family:sans-serif;line-height:1.5;max-width:600px">'
        f"<p>{escape(greeting(to))}<br>{escape(words.lead)}</p>"
        f'<ul style="list-style:none;margin:0;padding:0">{items}</ul>{counted}'
        f'<p><a href="{escape(site)}/">{escape(words.open)}</a></p>'
        f'<p style="color:#666"><small>{escape(words.why)}<br>'
        f'<a href="{escape(site)}{SETTINGS_PATH}">{escape(words.settings)}</a> · '
        f'<a href="{escape(unsubscribe)}">{escape(words.stop)}</a><br>{escape(words.no_answers)}</small></p>'
        "</body></html>\n"
    )


def greeting(to: MailRecipient) -> str:
    return one_line(WORDS[language_of(to.locale)].greeting.format(name=to.display_name), TITLE_CHARACTERS)
