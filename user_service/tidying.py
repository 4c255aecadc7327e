"""Forgets sessions that open nothing any more, and looks after accounts of older programs, while the service runs."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.contrib.sessions.models import Session as AdminSession
from django.db import DatabaseError, connection
from django.db.models import QuerySet

from chatflow.process.settled_clock import SettledClock
from chatflow.process.vital import start_vital_thread
from user_service.accounts.look_filling import fill_looks
from user_service.emails.models import OutgoingMail
from user_service.facts.models import Fact
from user_service.feed.reconciling import record_unrecorded_roles
from user_service.sessions.models import Session

log = structlog.get_logger(__name__)

TIDY_SECONDS = 60.0
# Small steps, and a pause after each: whoever signs in waits for one of them at most.
FORGOTTEN_AT_ONCE = 500
PAUSE_SECONDS = 0.05
# For clocks that disagree, of whoever verifies a token and whoever issued it.
GRACE = timedelta(hours=1)


def start_tidying() -> None:
    start_vital_thread(tidy_for_ever, name="tidying")


def tidy_for_ever() -> None:
    clock = SettledClock(grace_seconds=settings.CHATFLOW.retention_grace_seconds)
    while True:
        try:
            tidy(clock)
        except DatabaseError as error:
            log.warning("tidying has to wait", reason=str(error))
        finally:
            connection.close()
        time.sleep(TIDY_SECONDS)


def tidy(clock: SettledClock) -> None:
    fill_looks()
    record_unrecorded_roles()
    if (now := clock.read()) is not None:
        forget_dead(now=datetime.fromtimestamp(now, UTC))


def forget_dead(*, now: datetime) -> None:
    """Forget every session of which neither the refresh token nor an access token can be alive, and facts of the past.

    So is a revocation forgotten: a verifier that was away for as long has missed nothing, because no token is left
    that it could take for a good one. Other facts that ended have been told for a day by then. A mail that
    nobody took in time is of no use. Django keeps the sessions of the admin, and never forgets one that nobody comes
    back to.
    """
    dead = Session.objects.filter(access_until__lt=now - GRACE).order_by()
    forget(dead.filter(revoked_at__isnull=False))
    forget(dead.filter(revoked_at=None, expires_at__lt=now - GRACE))
    forget(Fact.objects.filter(expires_at__lt=now - GRACE).order_by())
    forget(OutgoingMail.objects.filter(expires_at__lt=now - GRACE).order_by())
    forget(AdminSession.objects.filter(expire_date__lt=now - GRACE).order_by())


def forget(rows: QuerySet[Any]) -> None:
    while ids := list(rows.values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE]):
        rows.filter(pk__in=ids).delete()
        time.sleep(PAUSE_SECONDS)
