"""Whatever a person names, only the internet is dialled, or what the operator allows, and no redirect leads away."""

import socket
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from aiohttp import web

from chatflow.errors import Invalid
from chatflow.http.addresses import place_of
from chatflow.http.outbound import AddressRefused, Answer, Found, Outbound, OutboundGuard, Unreached
from tests.servers.certificates import make_certificate, server_context
from tests.servers.ports import find_free_port

INNER = [
    *("127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
    *("192.0.0.8", "198.18.0.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"),
    *("::1", "::", "fe80::1", "fe80::1%lo", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1"),
    # An IPv4 address within: mapped, compatible, 6to4, Teredo, NAT64.
    *("::ffff:127.0.0.1", "::ffff:a00:1", "::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::", "64:ff9b::7f00:1"),
]
OUTER = ["8.8.8.8", "1.1.1.1", "2001:4860:4860::8888", "::ffff:8.8.8.8"]
# The same address as the C library still reads it, and as other scripts write it.
OTHER_FORMS = [
    *("2130706433", "0x7f000001", "0x7f.1", "127.1", "0177.0.0.1", "017700000001", "127.0.0.1.", "１２７.0.0.1"),
    *("[::ffff:127.0.0.1]", "[::1]", "[fe80::1%25lo]", "127.0.0.0x1"),
]


class Place:
    """A server on this machine that counts who comes."""

    def __init__(self, certificate: Path) -> None:
        self.port = find_free_port()
        self.certificate = certificate
        self.asked: list[str] = []

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.host)
        if request.path == "/away":
            return web.Response(status=302, headers={"Location": f"https://localhost:{self.port}/target"})
        return web.Response(status=201, text="taken" * 1000, headers={"Retry-After": "7"})


@pytest.fixture
async def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Place]:
    place = Place(make_certificate(tmp_path, "push.test"))
    monkeypatch.setenv("SSL_CERT_FILE", str(place.certificate))
    app = web.Application()
    app.router.add_post("/{anything:.*}", place.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", place.port, ssl_context=server_context(place.certificate)).start()
    yield place
    await runner.cleanup()


class Names:
    """Stands for name servers: what each look-up in turn finds, of which the last stays."""

    def __init__(self, *found: Sequence[str]) -> None:
        self._found = list(found)
        self.asked = 0

    def __call__(self, host: str, port: int, family: socket.AddressFamily) -> Sequence[Found]:
        self.asked += 1
        addresses = self._found.pop(0) if len(self._found) > 1 else self._found[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]


async def post(url: str, *, allowed: Sequence[str] = (), names: Names | None = None) -> Answer:
    guard = OutboundGuard(allowed)
    outbound = Outbound(guard) if names is None else Outbound(guard, look_up=names)
    try:
        return await outbound.post(url, data=b"x", headers={}, timeout_seconds=10)
    finally:
        await outbound.close()


@pytest.mark.parametrize("address", INNER)
def test_an_inner_address_is_not_dialled(address: str) -> None:
    assert not OutboundGuard().admits(address, host="push.test", port=443)


@pytest.mark.parametrize("address", OUTER)
def test_an_address_of_the_internet_is(address: str) -> None:
    assert OutboundGuard().admits(address, host="push.test", port=443)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", *OTHER_FORMS])
async def test_however_this_machine_is_named_nothing_reaches_it(place: Place, host: str) -> None:
    with pytest.raises((AddressRefused, Invalid)):
        await post(f"https://{host}:{place.port}/")

    assert place.asked == []


@pytest.mark.parametrize("allowed", ["127.0.0.0/8", "push.test:{port}", "127.0.0.1:{port}"])
async def test_what_the_operator_allows_is_dialled(place: Place, allowed: str) -> None:
    answer = await post(
        f"https://push.test:{place.port}/", allowed=[allowed.format(port=place.port)], names=Names(["127.0.0.1"])
    )

    assert (answer.status, answer.headers["Retry-After"], len(answer.text)) == (201, "7", 512)
    assert place.asked == [f"push.test:{place.port}"]


@pytest.mark.parametrize("allowed", ["10.0.0.0/8", "push.test:1", "127.0.0.1:1", "other.test:{port}"])
async def test_what_the_operator_allows_opens_nothing_beside_it(place: Place, allowed: str) -> None:
    with pytest.raises(AddressRefused):
        await post(
            f"https://push.test:{place.port}/", allowed=[allowed.format(port=place.port)], names=Names(["127.0.0.1"])
        )

    assert place.asked == []


async def test_a_name_that_leads_elsewhere_once_it_is_judged_does_not(place: Place) -> None:
    # Nobody listens at the first address. Whoever asked again for the connection would come here.
    names = Names(["127.0.0.2"], ["127.0.0.1"])

    with pytest.raises(Unreached):
        await post(f"https://push.test:{place.port}/", allowed=["127.0.0.2/32"], names=names)

    assert (names.asked, place.asked) == (1, [])


async def test_of_several_addresses_only_the_admitted_are_dialled(place: Place) -> None:
    names = Names(["10.255.255.1", "127.0.0.1"])

    answer = await post(f"https://push.test:{place.port}/", allowed=["127.0.0.1/32"], names=names)

    assert (answer.status, names.asked) == (201, 1)


async def test_nobody_is_followed_to_where_they_redirect(place: Place) -> None:
    answer = await post(f"https://localhost:{place.port}/away", allowed=[f"localhost:{place.port}"])

    assert answer.status == 302
    assert len(place.asked) == 1


@pytest.mark.parametrize(
    "url",
    [
        *("http://localhost/", "ftp://localhost/", "//localhost/", "localhost", "https://", "https:///path", ""),
        *("https://user@localhost/", "https://user:password@localhost/", "https://localhost:99999/", "https://[::/"),
    ],
)
async def test_what_is_no_https_url_is_refused(url: str) -> None:
    with pytest.raises(Invalid):
        await post(url)


@pytest.mark.parametrize("zone", ["", "eth0", "25eth0", "a%b", "a b"])
async def test_an_address_with_a_zone_is_refused(zone: str) -> None:
    with pytest.raises((AddressRefused, Invalid)):
        await post(f"https://[2606:4700:4700::1111%{zone}]/")


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://push.test:443/a/b?c", "push.test:443"),
        ("https://push.test?c#d", "push.test"),
        ("https://[2606:4700:4700::1111%]/", "[2606:4700:4700::1111%]"),
        ("https://[::/", "[::"),
        ("no url", ""),
    ],
)
def test_where_a_url_leads_is_known_of_whatever_was_stored(url: str, place: str) -> None:
    assert place_of(url) == place


async def test_who_does_not_answer_in_time_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        outbound = Outbound(OutboundGuard(["127.0.0.1/32"]))
        with pytest.raises(Unreached):
            await outbound.post(f"https://127.0.0.1:{port}/", data=b"x", headers={}, timeout_seconds=0.2)
        await outbound.close()


async def test_a_certificate_that_nobody_vouches_for_is_refused(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")

    with pytest.raises(Unreached):
        await post(f"https://localhost:{place.port}/", allowed=["127.0.0.0/8"])

    assert place.asked == []
