"""When a gateway counts as gone: some seconds after its lease has ended, and then at once."""

from collections.abc import AsyncIterator

import pytest

from chatflow.leases.port import LeaseKeeper, LeaseTable, new_lease
from gateway.cluster.passes import Passes
from gateway.cluster.siblings import Siblings
from tests.chatflow.conditions import until

OTHER = "g9-0a1b2c"


class Watch:
    """What one gateway knows of the others, and what it knew of one whenever it was told that somebody has gone."""

    def __init__(self, redis_url: str) -> None:
        self.table = LeaseTable(redis_url, kind="gateway", on_change=lambda: self.siblings.on_change())
        # A clock that stands still: what follows is the timers' to decide.
        self.siblings = Siblings(
            self.table, own_id="g1-000000", passes=Passes("secret"), on_gone=self.look, monotonic=lambda: 0.0
        )
        self.looks: list[tuple[list[str], bool]] = []

    def look(self, gone: list[str]) -> None:
        self.looks.append((gone, OTHER in self.siblings.here()))


@pytest.fixture
async def watch(valkey_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Watch]:
    monkeypatch.setattr("gateway.cluster.siblings.GONE_SECONDS", 1.0)
    watch = Watch(valkey_url)
    await watch.table.start()
    yield watch
    await watch.table.close()
    watch.siblings.close()


async def come_and_go(redis_url: str, watch: Watch, name: str = OTHER) -> None:
    keeper = LeaseKeeper(redis_url, kind="gateway", lease=new_lease(name, address="http://127.0.0.1:1"))
    await keeper.start()
    await until(lambda: name in watch.table.live)
    await keeper.release()
    await until(lambda: name not in watch.table.live)


async def test_a_gateway_is_missed_for_a_while_and_then_gone(valkey_url: str, watch: Watch) -> None:
    await come_and_go(valkey_url, watch)

    assert OTHER in watch.siblings.here()
    assert watch.looks == []

    await until(lambda: watch.looks == [([OTHER], False)])


async def test_a_gateway_whose_lease_was_only_late_was_never_gone(valkey_url: str, watch: Watch) -> None:
    await come_and_go(valkey_url, watch)
    keeper = LeaseKeeper(valkey_url, kind="gateway", lease=new_lease(OTHER))
    await keeper.start()
    await until(lambda: OTHER in watch.table.live)
    await come_and_go(valkey_url, watch, "g8-0a1b2c")
    await until(lambda: bool(watch.looks))

    assert watch.looks == [(["g8-0a1b2c"], True)]
    await keeper.release()
