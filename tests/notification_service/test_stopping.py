"""The service ends when it is told to, whatever its tasks do in that moment."""

import asyncio
from collections.abc import Collection
from contextlib import suppress

import pytest

from chatflow.presence.watchers_redis import WatcherKeys
from tests.notification_service.process import ServiceInside


async def test_it_ends_where_a_library_loses_a_cancellation(
    service: ServiceInside, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = asyncio.Event()

    async def tell(_keys: WatcherKeys, _user_ids: Collection[str]) -> None:
        asked.set()
        # As `asyncio.wait_for` in redis-py does, in Python 3.11, where the answer comes in the same moment.
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()

    with monkeypatch.context() as losing:
        losing.setattr(WatcherKeys, "tell", tell)
        async with asyncio.timeout(30):
            await asked.wait()
        # The first cancellation is lost there; the next meets the wait for the second time.
        losing.undo()
        await service.close()
