"""Reads sessions."""

import uuid
from datetime import datetime

from chatflow.auth.account_facts.pages import RevocationPage, Revoked
from chatflow.errors import NotFound, Unauthenticated
from user_service.facts.models import FactCounter
from user_service.sessions.models import Session

REVOCATIONS_AT_MOST = 500


def access_live_session(session_id: str) -> Session:
    """Return the session with its user, or raise Unauthenticated if it has ended."""
    session = Session.objects.select_related("user").filter(id=session_id, revoked_at=None).first()
    if session is None or session.user.deactivated:
        raise Unauthenticated("This session has ended; sign in again.")
    return session


def access_session_of(user_id: uuid.UUID, *, session_id: uuid.UUID, now: datetime) -> Session:
    """Return a live session of this person, or raise NotFound: somebody else's is not told from none."""
    session = Session.objects.filter(id=session_id, user_id=user_id, revoked_at=None, expires_at__gt=now).first()
    if session is None:
        raise NotFound
    return session


def live_sessions(user_id: uuid.UUID, *, now: datetime) -> list[Session]:
    return list(Session.objects.filter(user_id=user_id, revoked_at=None, expires_at__gt=now)[:100])


def revocations_after(position: int, *, now: datetime) -> RevocationPage:
    """Return what was revoked after this position, as far as an access token of it may still live.

    For verifiers from before account facts: all others follow the feed. A later version removes this.
    """
    # Read before the rows: what is revoked in between is then read again, not missed.
    last = FactCounter.objects.values_list("position", flat=True).get()
    sessions = list(
        Session.objects.filter(revoked_position__gt=position, revoked_position__lte=last, access_until__gt=now)
        .order_by("revoked_position")
        .only("id", "access_until", "revoked_position")[:REVOCATIONS_AT_MOST]
    )
    if len(sessions) == REVOCATIONS_AT_MOST:
        last = sessions[-1].revoked_position or last
    return RevocationPage(
        position=last,
        revoked=[Revoked(session_id=str(session.id), expires_at=session.access_until) for session in sessions],
    )
