from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.gateway.conftest import Gateway


@pytest.fixture
async def http(gateway: Gateway) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(gateway.url) as session:
        yield session
