"""A call between services says of every failure whether it was certainly not done, or may have been."""

import asyncio
from collections.abc import AsyncIterator

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from chatflow.errors import Conflict, Internal, TimedOut, Unavailable
from chatflow.http.breaker import FAILURES_TO_OPEN, OPEN_SECONDS, Breaker
from chatflow.http.service_client import ServiceClient
from chatflow.process.telemetry import bind_context


class Question(msgspec.Struct):
    text: str


class Heard(msgspec.Struct):
    text: str
    request_id: str
    authorization: str


class Peer:
    """A service at the edge that answers what the test tells it to."""

    def __init__(self) -> None:
        self.calls = 0
        self.timeout = 0.0
        self.unavailable_calls = 0
        self.may_answer = asyncio.Event()
        self.body = b""
        self.status = 200

    async def echo(self, request: web.Request) -> web.Response:
        self.calls += 1
        question = msgspec.msgpack.decode(await request.read(), type=Question)
        headers = request.headers
        heard = Heard(question.text, headers.get("X-Request-Id", ""), headers["Authorization"])
        self.timeout = float(headers["X-Timeout"])
        return web.Response(body=msgspec.msgpack.encode(heard))

    async def refuse(self, _: web.Request) -> web.Response:
        return web.json_response({"error": {"code": "conflict", "message": "no", "retryable": False}}, status=409)

    async def recover(self, _: web.Request) -> web.Response:
        self.calls += 1
        if self.calls <= self.unavailable_calls:
            return web.json_response({"error": {"code": "unavailable", "message": "", "retryable": True}}, status=503)
        return web.json_response({"calls": self.calls})

    async def say(self, _: web.Request) -> web.Response:
        return web.Response(body=self.body, status=self.status)

    async def hang(self, _: web.Request) -> web.Response:
        self.calls += 1
        await self.may_answer.wait()
        return web.Response()


@pytest.fixture
async def peer() -> Peer:
    return Peer()


@pytest.fixture
async def client(peer: Peer) -> AsyncIterator[ServiceClient]:
    app = web.Application()
    app.router.add_post("/echo", peer.echo)
    app.router.add_post("/refuse", peer.refuse)
    app.router.add_get("/recover", peer.recover)
    app.router.add_post("/hang", peer.hang)
    app.router.add_route("*", "/say", peer.say)
    server = TestServer(app)
    await server.start_server()
    client = ServiceClient("peer", str(server.make_url("")), "s3cret")
    yield client
    peer.may_answer.set()
    await client.close()
    await server.close()


async def test_a_struct_goes_and_a_struct_comes_back_with_the_ids_of_the_work(client: ServiceClient) -> None:
    with bind_context(request_id="r-1"):
        heard = await client.call("/echo", Question("안녕"), Heard)

    assert heard == Heard("안녕", "r-1", "Service s3cret")


async def test_a_call_says_for_how_long_its_answer_is_waited_for(client: ServiceClient, peer: Peer) -> None:
    await client.call("/echo", Question("how long?"), Heard, timeout_seconds=7.0)

    assert peer.timeout == 7.0


async def test_the_other_services_error_arrives_as_itself(client: ServiceClient) -> None:
    with pytest.raises(Conflict, match="no"):
        await client.call("/refuse", Question("?"), Heard)


async def test_what_may_be_repeated_is_repeated_until_it_works(client: ServiceClient, peer: Peer) -> None:
    peer.unavailable_calls = 2

    assert await client.get_json("/recover", dict[str, int]) == {"calls": 3}


@pytest.mark.parametrize("body", [b"<html>Welcome</html>", b"", b"\xa1\xff", b'{"text": "\xff"}', b"[" * 5000])
async def test_an_answer_that_is_none_is_the_calls_error_and_may_have_been_done(
    client: ServiceClient, peer: Peer, body: bytes
) -> None:
    peer.body = body
    for asking in (
        client.call("/say", Question("?"), Heard),
        client.get_json("/say", Heard),
        client.post_json("/say", {}, Heard),
    ):
        with pytest.raises(TimedOut):
            await asking


@pytest.mark.parametrize("body", [b"<html>Bad gateway</html>", b"", b'{"error": "\xff"}', b'{"error": {"code": 7}}'])
async def test_an_error_that_cannot_be_read_may_have_been_done_too(
    client: ServiceClient, peer: Peer, body: bytes
) -> None:
    peer.body, peer.status = body, 502
    with pytest.raises(TimedOut):
        await client.call("/say", Question("?"), Heard)


async def test_a_newer_service_may_say_more_than_is_known_here(client: ServiceClient, peer: Peer) -> None:
    said = {"text": "t", "request_id": "r", "authorization": "a", "later": {"more": [1]}}
    peer.body = msgspec.msgpack.encode(said)

    assert await client.call("/say", Question("?"), Heard) == Heard("t", "r", "a")


async def test_no_answer_in_time_may_have_been_done_and_is_not_repeated(client: ServiceClient, peer: Peer) -> None:
    with pytest.raises(TimedOut):
        await client.call("/hang", Question("?"), Heard, timeout_seconds=0.1)

    assert peer.calls == 1


async def test_a_refused_connection_was_certainly_not_done(unused_tcp_port: int) -> None:
    client = ServiceClient("nobody", f"http://127.0.0.1:{unused_tcp_port}", "s3cret")

    with pytest.raises(Unavailable):
        await client.call("/echo", Question("?"), Heard)

    await client.close()


async def test_after_failures_in_a_row_a_call_is_refused_without_being_made(client: ServiceClient, peer: Peer) -> None:
    for _ in range(FAILURES_TO_OPEN):
        with pytest.raises(TimedOut):
            await client.call("/hang", Question("?"), Heard, timeout_seconds=0.02)

    with pytest.raises(Unavailable):
        await client.call("/echo", Question("?"), Heard)

    assert peer.calls == FAILURES_TO_OPEN


async def test_what_a_service_cannot_do_keeps_nobody_from_asking_for_something_else(
    client: ServiceClient, peer: Peer
) -> None:
    peer.body, peer.status = b'{"error": {"code": "internal", "message": "", "retryable": true}}', 500
    for _ in range(FAILURES_TO_OPEN):
        with pytest.raises(Internal):
            await client.call("/say", Question("?"), Heard)

    assert (await client.call("/echo", Question("?"), Heard)).text == "?"


def test_an_open_breaker_lets_one_call_through_after_a_while() -> None:
    now = 0.0
    breaker = Breaker("peer", monotonic=lambda: now)
    for _ in range(FAILURES_TO_OPEN):
        breaker.fail()
    assert not breaker.admits()

    now = OPEN_SECONDS
    assert breaker.admits()
    assert not breaker.admits()

    breaker.succeed()
    assert breaker.admits()
