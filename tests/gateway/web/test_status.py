"""The state of the installation by HTTP: everything for those who know the service secret, one word for strangers."""

import asyncio

import aiohttp
import pytest

from tests.gateway.conftest import SECRET, Gateway


async def test_the_status_names_every_part(http: aiohttp.ClientSession) -> None:
    ours = {"Authorization": f"Service {SECRET}"}
    async with http.get("/api/system/status", headers=ours) as response:
        status = await response.json()
    assert set(status["services"]) == {
        "gateway",
        "chat_service",
        "message_service",
        "user_service",
        "notification_service",
    }
    assert status["servers"]["bus"]["state"] == "ok"


@pytest.mark.parametrize("path", ["/api/system/status", "/api/services/status"])
@pytest.mark.parametrize("credential", [None, "Service guessed", "Bearer x", "Service", "Service \udcff"])
async def test_strangers_get_to_know_whether_it_works_and_no_more(
    gateway: Gateway, http: aiohttp.ClientSession, path: str, credential: str | None
) -> None:
    headers = {"Authorization": credential} if credential else {}
    async with http.get(path, headers=headers) as response:
        assert (response.status, await response.json()) == (200, {"status": "ok"})
    await gateway.worker.stop()
    await until_status(http, path, "down")


async def until_status(http: aiohttp.ClientSession, path: str, wanted: str) -> None:
    async with asyncio.timeout(10):
        while True:
            async with http.get(path) as response:
                if await response.json() == {"status": wanted}:
                    return
            await asyncio.sleep(0.05)


async def test_many_who_ask_for_the_status_are_one_question_to_the_services(
    gateway: Gateway, http: aiohttp.ClientSession
) -> None:
    async def ask() -> int:
        async with http.get("/api/system/status") as response:
            return response.status

    assert await asyncio.gather(*(ask() for _ in range(100))) == [200] * 100
    # One look is a question to each of the three; a slow machine may take more than the second that it is good for.
    assert gateway.services.calls["ready"] <= 9
