"""Sends the mails that are owed, in a thread beside the requests: no request waits for a mail server."""

import asyncio
from collections.abc import Sequence

import structlog
from django.db import DatabaseError, connection
from django.utils import timezone

from chatflow.errors import Unavailable
from chatflow.mail.port import Mailer, MailRefused
from chatflow.process.vital import start_vital_thread
from user_service.emails import outbox
from user_service.emails.outbox import Due
from user_service.emails.waking import WAKE

log = structlog.get_logger(__name__)

# For what another process left, and what is due again.
LOOK_SECONDS = 5.0


def start_sending(mailer: Mailer) -> None:
    start_vital_thread(lambda: send_for_ever(mailer), name="mail")


def send_for_ever(mailer: Mailer) -> None:
    while True:
        # Before it looks: what comes while it sends wakes it again.
        WAKE.clear()
        tried = 0
        try:
            tried = send_due(mailer)
        except DatabaseError as error:
            log.warning("mails have to wait", reason=str(error))
        finally:
            connection.close()
        if tried < outbox.AT_ONCE:
            WAKE.wait(LOOK_SECONDS)


def send_due(mailer: Mailer) -> int:
    """Try the mails that are due, all at once; return how many they were."""
    due = outbox.take_due(now=timezone.now())
    answers = asyncio.run(send_all(mailer, due)) if due else []
    for one, answer in zip(due, answers, strict=True):
        note(one, answer)
    return len(due)


async def send_all(mailer: Mailer, due: Sequence[Due]) -> list[BaseException | None]:
    """Return of each what was raised; a mail that is not wanted any more counts as sent."""
    return await asyncio.gather(
        *(mailer.send(one.mail) if one.mail else asyncio.sleep(0) for one in due), return_exceptions=True
    )


def note(due: Due, answer: BaseException | None) -> None:
    """Note what became of a try. The log says for whom, and neither the address nor what the mail says."""
    row = due.row
    match answer:
        case None:
            outbox.note_done(row)
        case MailRefused():
            log.warning("a mail was refused", kind=row.kind, user_id=str(row.user_id), reason=str(answer))
            outbox.note_refused(row)
        case Unavailable():
            log.warning("a mail has to wait", kind=row.kind, user_id=str(row.user_id), reason=str(answer))
            outbox.note_later(row, now=timezone.now())
        case _:
            # Shown without its words, which may have the address in them. The others go on.
            log.error("a mail could not be tried", kind=row.kind, mail_id=str(row.id), error=type(answer).__name__)
            outbox.note_later(row, now=timezone.now())
