"""Writes and reads outgoing webhooks: few for each room, each sent for by one process at a time."""

from collections.abc import Sequence
from typing import Any

import msgspec
from django.db import IntegrityError
from django.db.models import F, Q, QuerySet

from chatflow.errors import Conflict, NotFound
from notification_service.deciding.hooks import HOOKS_AT_MOST, WELL, Hook, PauseReason
from notification_service.deciding.notices import Notice
from notification_service.stores.database import Database
from notification_service.stores.models import StoredHook, StoredNotice

# A hook's fields, which are columns of the same name.
HOOK_FIELDS = Hook.__struct_fields__


class Hooks:
    """Each method is one transaction. Times are texts of one form, which sort as times do."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, hook: Hook) -> None:
        """Keep a new webhook; raises Conflict if the room has as many as it may have."""

        def work() -> None:
            taken = set(StoredHook.objects.filter(room_id=hook.room_id).values_list("slot", flat=True))
            free = [slot for slot in range(HOOKS_AT_MOST) if slot not in taken]
            if not free:
                raise Conflict(f"A room has at most {HOOKS_AT_MOST} outgoing webhooks.")
            StoredHook.objects.create(**msgspec.structs.asdict(hook) | {"events": written(hook.events)}, slot=free[0])

        for _ in range(HOOKS_AT_MOST):
            try:
                return await self._database.transact(work)
            except IntegrityError:
                # Somebody else has just taken that slot.
                continue
        raise Conflict("Others change the webhooks of this room right now.")

    async def of_room(self, room_id: str) -> list[Hook]:
        """Return a room's webhooks, the oldest first."""
        found = StoredHook.objects.filter(room_id=room_id).order_by("created_at", "id").values_list(*HOOK_FIELDS)
        return await self._database.read(lambda: list(map(as_hook, found)))

    async def access(self, hook_id: str, *, room_id: str) -> Hook:
        """Return a webhook of this room; raises NotFound for any other."""
        found = StoredHook.objects.filter(id=hook_id, room_id=room_id).values_list(*HOOK_FIELDS)
        row = await self._database.read(found.first)
        if row is None:
            raise NotFound
        return as_hook(row)

    async def change(self, hook: Hook, *, now: str, **changes: Any) -> Hook:
        """Change it, and let its turn come at once; whoever sends for it now sends no more."""
        fields = changes | {"claim": "", "due_at": now}
        if "events" in fields:
            fields["events"] = written(fields["events"])
        mine = StoredHook.objects.filter(id=hook.id)
        await self._database.transact(lambda: mine.update(**fields))
        return await self.access(hook.id, room_id=hook.room_id)

    async def remove(self, hook: Hook) -> None:
        await self._database.transact(lambda: StoredHook.objects.filter(id=hook.id).delete())

    async def due(self, *, now: str, after: tuple[str, str], limit: int) -> list[Hook]:
        """Return webhooks whose turn may have come, by when that was and by their ids, behind that one."""
        due_at, hook_id = after
        behind = active().filter(due_at__gte=due_at, due_at__lte=now).filter(Q(due_at__gt=due_at) | Q(id__gt=hook_id))
        found = behind.order_by("due_at", "id").values_list(*HOOK_FIELDS)[:limit]
        return await self._database.read(lambda: list(map(as_hook, found)))

    async def claim(self, ids: Sequence[str], *, now: str, leased_until: str, claim: str) -> list[Hook]:
        """Take those of these that nobody else has taken meanwhile.

        They are due again when the lease ends, so those of a process that died come to another.
        """
        due = active().filter(id__in=ids, due_at__lte=now).order_by("id").select_for_update(skip_locked=True)

        def work() -> list[Hook]:
            taken = list(due.values_list("id", flat=True))
            StoredHook.objects.filter(id__in=taken).update(claim=claim, due_at=leased_until)
            return list(map(as_hook, StoredHook.objects.filter(id__in=taken).values_list(*HOOK_FIELDS)))

        return await self._database.transact(work) if ids else []

    async def advance(self, hook: Hook, *, seq: int, delivered_at: str | None = None) -> bool:
        """Move its position, to what its address took if it `delivered_at` then; False if it is this try's no more."""
        taken = {} if delivered_at is None else WELL | {"delivered_at": delivered_at}
        return await self._settle(hook, seq=seq, **taken)

    async def release(self, hook: Hook, *, due_at: str) -> bool:
        """Let go of it until then."""
        return await self._settle(hook, claim="", due_at=due_at)

    async def fail(self, hook: Hook, *, error: str, due_at: str, failing_since: str) -> bool:
        """Note a failure, and let go of it until then."""
        failed = {"failures": F("failures") + 1, "failing_since": failing_since, "error": error}
        return await self._settle(hook, claim="", due_at=due_at, **failed)

    async def pause(self, hook: Hook, *, reason: PauseReason, error: str = "", notice: Notice | None = None) -> bool:
        """Pause it, with a notice to whoever it acts as where there is one: both are recorded, or neither is."""

        def work() -> bool:
            paused = claimed(hook).update(state="paused", reason=reason, error=error, claim="")
            if paused and notice is not None:
                StoredNotice.objects.create(**msgspec.structs.asdict(notice), recorded_at=notice.at)
            return bool(paused)

        return await self._database.transact(work)

    async def _settle(self, hook: Hook, **fields: Any) -> bool:
        """Change it if it is this try's still: neither its lease has ended, nor was it changed or removed."""
        return bool(await self._database.transact(lambda: claimed(hook).update(**fields)))


def active() -> QuerySet[StoredHook]:
    return StoredHook.objects.filter(state="active")


def claimed(hook: Hook) -> QuerySet[StoredHook]:
    return active().filter(id=hook.id, claim=hook.claim)


def written(events: Sequence[str]) -> str:
    return msgspec.json.encode(events).decode()


def as_hook(row: tuple[Any, ...]) -> Hook:
    fields = dict(zip(HOOK_FIELDS, row, strict=True))
    return Hook(**fields | {"events": msgspec.json.decode(fields["events"], type=tuple[str, ...])})
