"""Requests between two gateways: what is forwarded, how it is answered, and who is refused."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from chatflow.leases.port import LeaseTable
from gateway.cluster.forwarding import DOOR_PATH, Forwarding
from gateway.cluster.passes import Passes
from gateway.cluster.siblings import Siblings
from gateway.web.listeners import inner_app
from tests.gateway.conftest import SECRET, Gateway
from tests.gateway.strange_siblings import OTHER, POLL, UNKNOWN_SESSION, sibling_at
from tests.gateway.wandering import Wanderer, wandering_http


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with wandering_http() as http:
        yield http


async def test_the_inner_door_is_not_in_the_public_wall(gateway: Gateway, http: aiohttp.ClientSession) -> None:
    door = f"{gateway.url}/internal/socket.io/?EIO=4&transport=polling"
    async with http.get(door, headers={"Authorization": f"Service {SECRET}"}) as response:
        assert response.status == 404


async def test_what_was_passed_on_is_not_passed_on_again(
    gateway: Gateway, second: Gateway, http: aiohttp.ClientSession, alice: str
) -> None:
    wanderer = Wanderer(http)
    await wanderer.open(gateway.url, gateway.token(alice))
    async with http.get(f"{second.url}/socket.io/?EIO=4&transport=polling") as response:
        second_id = Wanderer.sid_of(await response.text()).rpartition(".")[0]
    target = f"{DOOR_PATH}?EIO=4&transport=polling&sid={wanderer.sid}"
    shown = Passes(SECRET).write(method="GET", target=target, gateway_id=second_id, client_address="")
    async with http.get(second.inner_url + target, headers={"X-Gateway-Pass": shown}) as response:
        assert (response.status, await response.json()) == (400, UNKNOWN_SESSION)


async def test_the_other_gateway_learns_who_asked_and_where(
    gateway: Gateway, http: aiohttp.ClientSession, valkey_url: str
) -> None:
    asked: list[web.Request] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request)
        return web.Response(text="2")

    async def ready() -> dict[str, str]:
        return {}

    async def nobody(sid: str) -> None:
        raise AssertionError(sid)

    gateways = LeaseTable(valkey_url, kind="gateway", on_change=lambda: None)
    forwarding = Forwarding(
        Siblings(gateways, own_id=OTHER, passes=Passes(SECRET), on_gone=lambda gateway_ids: None),
        answer=answer,
        let_reconnect=nobody,
        passes=Passes(SECRET),
        own_id=OTHER,
    )
    app = inner_app(ready=ready, door=forwarding.inner_routes())
    async with TestServer(app) as server, sibling_at(valkey_url, str(server.make_url("")).rstrip("/")):
        lies = {
            "Authorization": "Bearer mine",
            "X-Client-Address": "6.6.6.6",
            "X-Gateway-Pass": "1",
            "X-Forwarded-For": "10.0.0.7",
        }
        async with http.get(f"{gateway.url}{POLL}", headers=lies | {"Connection": "Origin", "Origin": "a"}) as response:
            assert await response.text() == "2"
    await forwarding.close()
    await gateways.close()
    (request,) = asked
    assert request.remote == "127.0.0.1"
    assert request.host == gateway.url.removeprefix("http://")
    assert request.query["sid"] == f"{OTHER}.x"
    assert {name: request.headers.get(name) for name in (*lies, "Origin")} == {
        **dict.fromkeys(lies),
        "X-Forwarded-For": "10.0.0.7",
        "Origin": "a",
    }


async def test_a_poll_whose_answer_is_lost_is_not_asked_again(
    gateway: Gateway, http: aiohttp.ClientSession, valkey_url: str
) -> None:
    """A poll is not repeated: the second answer would begin after the first, lost one."""
    asked: list[bytes] = []

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with sibling_at(valkey_url, f"http://127.0.0.1:{port}"), http.get(f"{gateway.url}{POLL}") as response:
            assert (response.status, await response.json()) == (400, UNKNOWN_SESSION)
    assert len(asked) == 1


async def test_half_an_answer_is_not_taken_for_a_whole_one(
    gateway: Gateway, http: aiohttp.ClientSession, valkey_url: str
) -> None:
    async def break_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\n42")
        writer.close()

    async with await asyncio.start_server(break_off, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with sibling_at(valkey_url, f"http://127.0.0.1:{port}"):
            with pytest.raises(aiohttp.ClientError):
                async with http.get(f"{gateway.url}{POLL}") as response:
                    await response.read()


@pytest.mark.parametrize("address", ["", "nonsense", "http://", "http://here:not-a-port", "ftp://127.0.0.1:21", "\x00"])
async def test_an_address_that_is_none_leads_nowhere(
    gateway: Gateway, http: aiohttp.ClientSession, valkey_url: str, address: str
) -> None:
    async with sibling_at(valkey_url, address), http.get(f"{gateway.url}{POLL}") as response:
        assert (response.status, await response.json()) == (400, UNKNOWN_SESSION)


async def test_a_header_that_is_no_text_stops_nobody(
    gateway: Gateway, second: Gateway, http: aiohttp.ClientSession, alice: str
) -> None:
    wanderer = Wanderer(http)
    await wanderer.open(gateway.url, gateway.token(alice))
    path = wanderer.address(second.url).removeprefix(second.url)
    reader, writer = await asyncio.open_connection("127.0.0.1", int(second.url.rpartition(":")[2]))
    writer.write(
        f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Drink: caf\xe9\r\n\r\n".encode("latin-1")
    )
    assert (await reader.read()).startswith(b"HTTP/1.1 200 OK")
    writer.close()
