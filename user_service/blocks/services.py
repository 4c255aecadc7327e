"""What changes blocks. Each change is a fact, which workers and notification_service act by within two seconds."""

import uuid

from django.db import transaction

from chatflow.errors import Conflict, Invalid
from user_service.accounts import selectors as accounts
from user_service.blocks.models import Block
from user_service.facts.services import record_block

# Whoever follows the facts keeps them in memory, 95 to 170 bytes each.
BLOCKED_AT_MOST = 1000


@transaction.atomic
def block(user_id: uuid.UUID, blocked_id: uuid.UUID) -> None:
    """Block somebody, or raise NotFound, Invalid of oneself, Conflict of too many; twice is the same as once."""
    if user_id == blocked_id:
        raise Invalid("user_id: you cannot block yourself.")
    # Held until the commit, so that of several at once not all are the last that may be.
    accounts.lock_user(user_id)
    accounts.access_user(blocked_id)
    blocks = Block.objects.filter(user_id=user_id)
    if blocks.filter(blocked_id=blocked_id).exists():
        return
    if blocks.count() >= BLOCKED_AT_MOST:
        raise Conflict(f"You block {BLOCKED_AT_MOST} people already; unblock somebody first.")
    Block.objects.create(user_id=user_id, blocked_id=blocked_id)
    record_block(user_id, blocked_id, holds=True)


@transaction.atomic
def unblock(user_id: uuid.UUID, blocked_id: uuid.UUID) -> None:
    """Unblock somebody; whoever is not blocked stays so."""
    deleted, _ = Block.objects.filter(user_id=user_id, blocked_id=blocked_id).delete()
    if deleted:
        record_block(user_id, blocked_id, holds=False)
