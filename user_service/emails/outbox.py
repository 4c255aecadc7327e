"""Mails that are still to be sent: which are due, and what becomes of each after a try."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet

from chatflow.mail.port import Mail
from user_service.emails.models import CONFIRMATION, EmailConfirmation, OutgoingMail
from user_service.emails.writing import write_confirmation

AT_ONCE = 16
# What this program can write; a mail of another kind is left to a newer one.
WRITERS = {CONFIRMATION: write_confirmation}
# Longer than a try takes. A process that dies meanwhile leaves the mail to be tried again after it.
LEASE = timedelta(minutes=2)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=10), timedelta(minutes=15)


@dataclass(frozen=True)
class Due:
    """A mail to be tried now; `mail` is None where it is not wanted any more."""

    row: OutgoingMail
    mail: Mail | None


def take_due(*, now: datetime) -> list[Due]:
    """Take mails that are due, so that no other process tries them meanwhile."""
    with transaction.atomic():
        # PostgreSQL: what another process is taking is left to it. SQLite lets one write at a time.
        skip = connection.features.has_select_for_update_skip_locked
        due = OutgoingMail.objects.select_for_update(of=("self",), skip_locked=skip).select_related("user")
        due = due.filter(kind__in=WRITERS, next_try_at__lte=now, expires_at__gt=now)
        rows = list(due.order_by("next_try_at")[:AT_ONCE])
        for row in rows:
            row.tries, row.next_try_at = row.tries + 1, now + LEASE
        OutgoingMail.objects.bulk_update(rows, ["tries", "next_try_at"])
    return [Due(row, write(row, now=now)) for row in rows]


def note_done(row: OutgoingMail) -> None:
    """Forget a mail that was taken, or is not wanted any more."""
    this_try(row).delete()


def note_later(row: OutgoingMail, *, now: datetime) -> None:
    """Try again after a pause, which doubles each time."""
    pause = min(FIRST_PAUSE * 2 ** min(row.tries - 1, 10), LONGEST_PAUSE)
    this_try(row).update(next_try_at=now + pause)


@transaction.atomic
def note_refused(row: OutgoingMail) -> None:
    """Forget a mail that nobody will take, and show its person that the address is no good."""
    deleted, _ = this_try(row).delete()
    if deleted and row.kind == CONFIRMATION:
        EmailConfirmation.objects.filter(user_id=row.user_id).update(is_refused=True)


def this_try(row: OutgoingMail) -> QuerySet[OutgoingMail]:
    """Return the row unless somebody else tried it since, or a newer mail took its place."""
    return OutgoingMail.objects.filter(id=row.id, tries=row.tries)


def write(row: OutgoingMail, *, now: datetime) -> Mail | None:
    waiting = EmailConfirmation.objects.filter(user_id=row.user_id, expires_at__gt=now).first()
    if waiting is None or row.user.deactivated:
        return None
    return WRITERS[row.kind](waiting, user=row.user, mail_id=row.id, language=row.language)
