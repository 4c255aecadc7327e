"""Passes and seals: gateways show each other these and not the secret, and nobody else can make or use them."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from yarl import URL

from gateway.cluster.forwarding import DOOR_PATH
from gateway.cluster.passes import PASS_SECONDS, Passes
from tests.chatflow.conditions import until
from tests.gateway.conftest import SECRET, Gateway
from tests.gateway.strange_siblings import OTHER, POLL, UNKNOWN_SESSION, lease_at, listener, sibling_at
from tests.gateway.wandering import Wanderer, wandering_http


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with wandering_http() as http:
        yield http


class Knocking:
    """What somebody asks of a gateway's inner door, and the pass that belongs to it."""

    def __init__(self, gateway: Gateway, sid: str) -> None:
        self.url = gateway.inner_url
        self.sid = sid
        self.gateway_id = sid.rpartition(".")[0]
        self.target = f"{DOOR_PATH}?EIO=4&transport=polling&sid={sid}"

    def written(self, passes: Passes, **otherwise: str) -> str:
        said = {"method": "GET", "target": self.target, "gateway_id": self.gateway_id, "client_address": "10.9.8.7"}
        return passes.write(**said | otherwise)


@pytest.fixture
async def knocking(gateway: Gateway, http: aiohttp.ClientSession, alice: str) -> Knocking:
    wanderer = Wanderer(http)
    await wanderer.open(gateway.url, gateway.token(alice))
    return Knocking(gateway, wanderer.sid)


def aged(seconds: float) -> Passes:
    return Passes(SECRET, clock=lambda: time.time() - seconds)


GOOD: dict[str, Callable[[Knocking], str]] = {
    "a fresh one": lambda knocking: knocking.written(Passes(SECRET)),
    "one by a clock that is late": lambda knocking: knocking.written(aged(PASS_SECONDS - 2)),
    "one by a clock that is early": lambda knocking: knocking.written(aged(2 - PASS_SECONDS)),
}
BAD: dict[str, Callable[[Knocking], str]] = {
    "none": lambda _: "",
    "nonsense": lambda _: "é-\udcff",
    "a time alone": lambda _: f"{int(time.time())}-",
    "a time without end": lambda knocking: "9" * 5000 + knocking.written(Passes(SECRET)),
    "the secret": lambda _: f"Service {SECRET}",
    "another secret's": lambda knocking: knocking.written(Passes("another-secret-that-nobody-guesses-0123456")),
    "an old one": lambda knocking: knocking.written(aged(PASS_SECONDS + 2)),
    "one of the future": lambda knocking: knocking.written(aged(-PASS_SECONDS - 2)),
    "an old one made young": lambda knocking: re.sub(
        r"^\d+", str(int(time.time())), knocking.written(aged(PASS_SECONDS + 2))
    ),
    "another session's": lambda knocking: knocking.written(Passes(SECRET), target=f"{knocking.target}x"),
    "another path's": lambda knocking: knocking.written(Passes(SECRET), target="/internal/other"),
    "another method's": lambda knocking: knocking.written(Passes(SECRET), method="DELETE"),
    "another gateway's": lambda knocking: knocking.written(Passes(SECRET), gateway_id=OTHER),
    "another client's": lambda knocking: knocking.written(Passes(SECRET), client_address="10.9.8.8"),
}


async def knock(http: aiohttp.ClientSession, knocking: Knocking, shown: str) -> int:
    headers = {"X-Gateway-Pass": shown, "X-Client-Address": "10.9.8.7", "Authorization": f"Service {SECRET}"}
    async with http.get(URL(knocking.url + knocking.target, encoded=True), headers=headers) as response:
        return response.status


@pytest.mark.parametrize("shown", GOOD.values(), ids=GOOD.keys())
async def test_the_inner_door_opens_to_a_pass_for_this_request(
    http: aiohttp.ClientSession, knocking: Knocking, shown: Callable[[Knocking], str]
) -> None:
    assert await knock(http, knocking, shown(knocking)) == 200


@pytest.mark.parametrize("shown", BAD.values(), ids=BAD.keys())
async def test_the_inner_door_opens_to_nothing_else(
    http: aiohttp.ClientSession, knocking: Knocking, shown: Callable[[Knocking], str]
) -> None:
    assert await knock(http, knocking, shown(knocking)) == 403


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
async def test_the_inner_door_is_shut_to_strangers(
    http: aiohttp.ClientSession, knocking: Knocking, method: str
) -> None:
    for headers in ({}, {"Authorization": f"Service {SECRET}"}, {"X-Gateway-Pass": knocking.written(aged(3600))}):
        async with http.request(method, knocking.url + knocking.target, headers=headers) as response:
            assert response.status == 403
            assert (await response.json())["error"]["code"] == "forbidden"


async def test_no_secret_leaves_with_what_is_passed_on(
    gateway: Gateway, http: aiohttp.ClientSession, valkey_url: str
) -> None:
    async with listener() as (address, heard), sibling_at(valkey_url, address):
        upgrade = {"Upgrade": "websocket", "Connection": "Upgrade"}
        for method, path, headers in [
            ("GET", POLL, {"Authorization": "Bearer mine", "Cookie": "chatflow_refresh=mine"}),
            ("POST", POLL, {}),
            ("GET", POLL.replace("polling", "websocket"), upgrade),
        ]:
            async with http.request(method, gateway.url + path, headers=headers, data=None) as response:
                assert (response.status, await response.json()) == (400, UNKNOWN_SESSION)
    assert [said.partition(b" ")[0] for said in heard] == [b"GET", b"POST", b"GET"]
    for said in heard:
        assert b"X-Gateway-Pass: " in said
        assert SECRET.encode() not in said
        assert b"mine" not in said


async def test_no_secret_leaves_with_a_gateway_that_goes(
    gateway: Gateway, second: Gateway, http: aiohttp.ClientSession, valkey_url: str
) -> None:
    heard: list[dict[str, str]] = []

    async def answer(request: web.Request) -> web.Response:
        heard.append({"method": request.method, **request.headers})
        await over[request.method].wait()
        return web.Response(status=204)

    over = {"GET": asyncio.Event(), "DELETE": asyncio.Event()}
    over["DELETE"].set()
    app = web.Application()
    app.router.add_route("*", DOOR_PATH, answer)
    async with TestServer(app) as server, sibling_at(valkey_url, str(server.make_url("")).rstrip("/")):
        poll = asyncio.create_task(http.get(f"{second.url}{POLL}"))
        await until(lambda: len(heard) == 1)
        second.stop.set()
        await until(lambda: len(heard) == 2)
        over["GET"].set()
        (await poll).close()
    assert heard[1]["method"] == "DELETE"
    assert heard[1]["X-Gateway-Pass"]
    assert SECRET not in str(heard)


@pytest.mark.parametrize("seal", ["", "#", f"#{'0' * 64}", "#é"])
async def test_an_address_that_its_gateway_did_not_say_is_told_nothing(
    gateway: Gateway, http: aiohttp.ClientSession, valkey_url: str, seal: str
) -> None:
    """Whoever can write in Redis could have the tokens that clients send."""
    async with (
        listener() as (address, heard),
        lease_at(valkey_url, address + seal),
        http.post(gateway.url + POLL, data='40{"token":"mine"}') as response,
    ):
        assert (response.status, await response.json()) == (400, UNKNOWN_SESSION)
    assert not heard


async def test_an_address_of_one_gateway_is_not_anothers(
    gateway: Gateway, http: aiohttp.ClientSession, valkey_url: str
) -> None:
    async with (
        listener() as (address, heard),
        lease_at(valkey_url, Passes(SECRET).seal("g8-0a1b2c", address)),
        http.get(gateway.url + POLL) as response,
    ):
        assert (response.status, await response.json()) == (400, UNKNOWN_SESSION)
    assert not heard


async def test_a_client_whose_gateway_refuses_our_passes_connects_anew(
    gateway: Gateway, http: aiohttp.ClientSession, valkey_url: str
) -> None:
    async def refuse(request: web.Request) -> web.Response:
        raise web.HTTPForbidden

    app = web.Application()
    app.router.add_route("*", DOOR_PATH, refuse)
    async with (
        TestServer(app) as server,
        sibling_at(valkey_url, str(server.make_url("")).rstrip("/")),
        http.get(gateway.url + POLL) as response,
    ):
        assert (response.status, await response.json()) == (400, UNKNOWN_SESSION)
