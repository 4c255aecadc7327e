"""Bodies of requests have limits of time and size, and are whole before a service is asked."""

import asyncio
import gzip
from contextlib import AsyncExitStack

import aiohttp
import pytest

from gateway.web.bodies import LARGE_AT_ONCE_PER_ADDRESS
from tests.chatflow.conditions import until
from tests.gateway.by_hand import answered, by_somebody, connection, status_of
from tests.gateway.conftest import Gateway

hurried = pytest.mark.usefixtures("hurry")


@hurried
@pytest.mark.parametrize("path", [b"/api/auth/login", b"/api/rooms/%s/messages" % (b"0" * 36)])
async def test_a_body_that_does_not_come_is_not_waited_for(gateway: Gateway, path: bytes, alice: str) -> None:
    head = (
        b"POST %s HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: k\r\nAuthorization: Bearer %s\r\n"
        b"Content-Length: 100\r\n\r\n"
    )
    async with connection(gateway, head % (path, gateway.token(alice).encode()) + b"{") as (reader, _):
        async with asyncio.timeout(3):
            assert (await answered(reader)).startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize("path", [b"/api/auth/login", b"/api/files"])
@pytest.mark.parametrize("size", [100, 16_000, 64_000])
async def test_a_service_is_asked_when_the_body_is_there(gateway: Gateway, path: bytes, size: int) -> None:
    head = b"POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % (path, size)
    async with connection(gateway, head + b"x" * (size - 1)) as (reader, writer), aiohttp.ClientSession() as http:
        assert await status_of(http, f"{gateway.url}/api/users/me") == 200
        assert gateway.services.begun == 1
        writer.write(b"x")
        async with asyncio.timeout(3):
            assert await answered(reader) == b"HTTP/1.1 200 OK"


async def test_of_large_bodies_one_address_has_only_so_many_at_a_time(gateway: Gateway) -> None:
    head = by_somebody(gateway, b"POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n")
    async with AsyncExitStack() as stack:
        streams = [
            await stack.enter_async_context(connection(gateway, head + b"x" * 90_000))
            for _ in range(LARGE_AT_ONCE_PER_ADDRESS + 1)
        ]
        answers = {asyncio.create_task(answered(reader)): writer for reader, writer in streams}
        done, waiting = await asyncio.wait(answers, timeout=3, return_when=asyncio.FIRST_COMPLETED)
        assert [task.result() for task in done] == [b"HTTP/1.1 429 Too Many Requests"]
        # A small one is everybody's.
        async with connection(gateway, head.replace(b"100000", b"1000") + b"x" * 1000) as (reader, _):
            async with asyncio.timeout(3):
                assert await answered(reader) == b"HTTP/1.1 200 OK"
        for task in waiting:
            answers[task].write(b"x" * 10_000)
        async with asyncio.timeout(3):
            assert set(await asyncio.gather(*waiting)) == {b"HTTP/1.1 200 OK"}
    assert gateway.services.begun == len(waiting) + 1


@pytest.mark.parametrize(
    "body",
    [
        b"Content-Length: 100000\r\n\r\n" + b"{" * 70_000,
        b"Transfer-Encoding: chunked\r\n\r\n11170\r\n%s\r\n" % (b"{" * 70_000),
    ],
    ids=["by length", "in chunks"],
)
async def test_bodies_that_break_off_do_not_look_as_if_a_service_had_failed(gateway: Gateway, body: bytes) -> None:
    head = by_somebody(gateway, b"POST /api/files HTTP/1.1\r\nHost: localhost\r\n")
    for number in range(1, 11):
        async with connection(gateway, head + body):
            await until(lambda number=number: gateway.services.begun == number)  # type: ignore[misc]
    async with aiohttp.ClientSession() as http:
        assert await status_of(http, f"{gateway.url}/api/users/me") == 200


async def test_a_packed_body_goes_on_as_it_came_and_no_longer_than_it_says(gateway: Gateway) -> None:
    packed = gzip.compress(b"x" * 10_000)
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{gateway.url}/api/users", data=packed, headers={"Content-Encoding": "gzip"}) as response,
    ):
        assert (await response.json())["body"] == "x" * 10_000
    assert gateway.services.echoed[0]["content-length"] == str(len(packed))


@pytest.mark.parametrize("is_chunked", [False, True])
async def test_a_body_that_is_too_large_goes_no_further(gateway: Gateway, is_chunked: bool) -> None:
    size = 1024 * 1024 + 1
    framing = {
        False: (b"Content-Length: %d" % size, b""),
        True: (b"Transfer-Encoding: chunked", b"%x\r\n" % size),
    }
    header, chunk = framing[is_chunked]
    head = by_somebody(gateway, b"POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\n%s\r\n\r\n" % header)
    async with connection(gateway, head + chunk + b"x" * size) as (reader, _):
        async with asyncio.timeout(3):
            assert (await answered(reader)).startswith(b"HTTP/1.1 413")
    assert not gateway.services.echoed


@pytest.mark.parametrize("path", [b"/api/files", b"/api/auth/login"])
@pytest.mark.parametrize("credential", [b"", b"Authorization: Bearer guessed\r\n"], ids=["nothing", "a guess"])
async def test_of_a_strangers_large_body_nothing_is_taken(gateway: Gateway, path: bytes, credential: bytes) -> None:
    head = b"POST %s HTTP/1.1\r\nHost: localhost\r\n%s" % (path, credential)
    for rest in (b"Content-Length: 70000\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n11170\r\n%s" % (b"x" * 70_000)):
        async with connection(gateway, head + rest) as (reader, _), asyncio.timeout(3):
            answer = await reader.readuntil(b"\r\n\r\n")
            assert answer.startswith(b"HTTP/1.1 401")
            assert b"Connection: close" in answer
    assert not gateway.services.begun
