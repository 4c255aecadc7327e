"""Objects that views use, each opened once: the store, the tokens' verifier."""

import secrets
from functools import cache

from django.conf import settings

from chatflow.auth.account_facts.pages import SESSION_ENDED
from chatflow.auth.account_facts.replica import AccountFacts
from chatflow.auth.tokens import TokenVerifier
from message_service.retention.log_clock import LogClock, read_boot_id
from message_service.stores.opening import open_store
from message_service.stores.port import MessageStore
from message_service.user_service_client import UserServiceClient


@cache
def store() -> MessageStore:
    return open_store(settings.CHATFLOW.message_store)


@cache
def clock() -> LogClock:
    """Return the log's clock, begun from the stored time; the entry point calls this first, when the store answers."""
    grace_seconds = settings.CHATFLOW.retention_grace_seconds
    return LogClock(store().clock_mark(), grace_seconds=grace_seconds, boot_id=read_boot_id())


def added_per_hour() -> int:
    """Return into how many rooms others may put a person per hour; 0 is no limit."""
    return int(settings.CHATFLOW.added_per_hour)


@cache
def service_secret() -> str:
    """Return the secret of our own processes; the entry point has made sure that there is one."""
    secret = settings.CHATFLOW.service_secret
    return secret.get_secret_value() if secret else secrets.token_urlsafe()


@cache
def user_service() -> UserServiceClient:
    return UserServiceClient(settings.CHATFLOW.user_service_url, secret=service_secret())


@cache
def facts() -> AccountFacts:
    """Return what user_service tells of accounts; the entry point starts to follow it."""
    return AccountFacts(SESSION_ENDED, "deactivated", "role")


@cache
def token_verifier() -> TokenVerifier:
    return TokenVerifier(user_service().keys, facts=facts())
