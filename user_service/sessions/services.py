"""Opens, refreshes and ends sessions."""

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet

from chatflow.errors import Unauthenticated
from chatflow.ids import new_id
from user_service.accounts import selectors as accounts
from user_service.accounts.models import User
from user_service.facts.services import record_revocations
from user_service.sessions import identity
from user_service.sessions.models import USER_AGENT_AT_MOST, Session
from user_service.sessions.refresh_tokens import SECRET_BYTES, RefreshToken, Use, judge_use

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Credentials:
    """What a client gets when it signs in or refreshes."""

    user: User
    access: str
    expires_at: datetime
    refresh: str


@transaction.atomic
def open_session(user: User, *, user_agent: str, now: datetime) -> Credentials:
    """Sign a person in, or raise Unauthenticated if their password was changed since it was compared."""
    current = accounts.lock_user(user.id)
    if current.deactivated or current.password_version != user.password_version:
        raise Unauthenticated("The name or the password is wrong.")
    token = RefreshToken(session_id=uuid.UUID(new_id()), secret=secrets.token_bytes(SECRET_BYTES))
    session = Session(
        id=token.session_id,
        user=current,
        user_agent="".join(character for character in user_agent if character.isprintable())[:USER_AGENT_AT_MOST],
        created_at=now,
        rotated_at=now,
        token_hash=token.fingerprint,
    )
    extend(session, now=now)
    session.save(force_insert=True)
    User.objects.filter(id=current.id).update(last_login=now)
    return credentials_of(session, token=token, now=now)


def refresh_session(text: str, *, now: datetime) -> Credentials:
    """Exchange a refresh token for the next one, or raise Unauthenticated; a stolen one ends the session."""
    token = identity.refresh_tokens().read(text)
    credentials = exchange(token, now=now)
    if credentials is None:
        raise Unauthenticated("This session has ended; sign in again.")
    return credentials


@transaction.atomic
def exchange(token: RefreshToken, *, now: datetime) -> Credentials | None:
    """Return None if it is refused; an exception would roll back the revocation of a stolen token's session."""
    session = Session.objects.select_for_update(of=("self",)).select_related("user").filter(id=token.session_id).first()
    if session is None or session.revoked_at or session.expires_at <= now or session.user.deactivated:
        return None
    use = judge_use(
        token.fingerprint,
        current=bytes(session.token_hash),
        previous=bytes(session.previous_hash) if session.previous_hash else None,
        rotated_at=session.rotated_at,
        now=now,
    )
    if use is Use.STOLEN:
        log.warning("a used refresh token came back", session_id=str(session.id), user_id=str(session.user_id))
        revoke(Session.objects.filter(id=session.id), reason="reuse", now=now)
        return None
    successor = identity.refresh_tokens().successor(token)
    if use is Use.FIRST:
        session.previous_hash, session.token_hash = session.token_hash, successor.fingerprint
        session.rotated_at = now
    extend(session, now=now)
    session.save()
    return credentials_of(session, token=successor, now=now)


def revoke_session(session_id: uuid.UUID, *, reason: str, now: datetime) -> None:
    revoke(Session.objects.filter(id=session_id), reason=reason, now=now)


@transaction.atomic
def revoke_all(user_id: uuid.UUID, *, reason: str, now: datetime, but: uuid.UUID | None = None) -> None:
    """End every session of a person, except perhaps one; those of Django's admin too."""
    # The person is locked before their sessions, as in a sign-in.
    User.objects.filter(id=user_id).update(sign_outs=F("sign_outs") + 1)
    sessions = Session.objects.filter(user_id=user_id)
    revoke(sessions.exclude(id=but) if but else sessions, reason=reason, now=now)


@transaction.atomic
def revoke(sessions: QuerySet[Session], *, reason: str, now: datetime) -> None:
    """End these sessions and tell whoever follows; those that had ended stay as they are."""
    live = list(sessions.filter(revoked_at=None).select_for_update().order_by("id"))
    if not live:
        return
    positions = record_revocations((session.id, session.access_until) for session in live)
    for position, session in zip(positions, live, strict=True):
        session.revoked_at = now
        session.revoked_reason = reason
        # For verifiers from before account facts, which ask for revocations alone.
        session.revoked_position = position
        session.save(update_fields=["revoked_at", "revoked_reason", "revoked_position"])


def extend(session: Session, *, now: datetime) -> None:
    session.last_used_at = now
    session.expires_at = now + timedelta(days=settings.CHATFLOW.refresh_token_days)
    session.access_until = access_expiry(now)


def access_expiry(now: datetime) -> datetime:
    """Return the end of an access token issued now, in whole seconds as tokens count."""
    return now.replace(microsecond=0) + timedelta(seconds=settings.CHATFLOW.access_token_seconds)


def credentials_of(session: Session, *, token: RefreshToken, now: datetime) -> Credentials:
    expires_at = access_expiry(now)
    access = identity.token_signer().sign(
        session.principal,
        issued_at=int(now.timestamp()),
        expires_at=int(expires_at.timestamp()),
    )
    refresh = identity.refresh_tokens().write(token)
    return Credentials(user=session.user, access=access, expires_at=expires_at, refresh=refresh)
