"""What reads blocks."""

import uuid
from dataclasses import dataclass

from user_service.accounts.models import User
from user_service.blocks.models import Block


@dataclass(frozen=True)
class BlockedPeople:
    """A page of the people whom somebody blocks, the latest first, and the block from which the next page begins."""

    people: list[User]
    before: int | None


def blocked_by(user_id: uuid.UUID, *, before: int | None, limit: int) -> BlockedPeople:
    blocks = Block.objects.filter(user_id=user_id).select_related("blocked").order_by("-id")
    if before is not None:
        blocks = blocks.filter(id__lt=before)
    found = list(blocks[: limit + 1])
    shown = found[:limit]
    return BlockedPeople(people=[block.blocked for block in shown], before=shown[-1].id if len(found) > limit else None)
