"""Where a gateway says that it answers its siblings."""

import pytest

from chatflow.process.settings import Settings
from gateway.web.listeners import reachable_host


@pytest.mark.parametrize(
    ("inner_host", "redis_url", "told"),
    [
        ("127.0.0.1", "redis://192.0.2.7:6379/0", "127.0.0.1"),
        ("::1", "redis://192.0.2.7:6379/0", "[::1]"),
        # On all addresses: the one of them that leads to Redis.
        ("0.0.0.0", "redis://:password@127.0.0.1:6379/0", "127.0.0.1"),
        ("::", "redis://localhost", "127.0.0.1"),
        ("0.0.0.0", "unix:///run/valkey.sock", "127.0.0.1"),
    ],
)
def test_a_gateway_tells_an_address_that_leads_to_it(inner_host: str, redis_url: str, told: str) -> None:
    assert reachable_host(Settings(inner_host=inner_host, redis_url=redis_url)) == told
