"""Requests to addresses that people name: over https, never to an inner address, and never to where they redirect.

Names are looked up here, and the connection goes to the addresses that were judged: a name that leads elsewhere a
moment later does not help. Each way to write an address ends in the same judgement.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import msgspec
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from chatflow.errors import ChatFlowError, Invalid
from chatflow.process.inner_addresses import Network, inner_address_of

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# What the C library answers: (family, type, protocol, canonical name, socket address).
Found = tuple[socket.AddressFamily, Any, int, str, tuple[Any, ...]]

# All that the internet has of IPv6. Routers lead from some of it to the IPv4 address that stands in it: 6to4, Teredo.
INTERNET_6 = ipaddress.IPv6Network("2000::/3")
TUNNELS_6 = (ipaddress.IPv6Network("2002::/16"), ipaddress.IPv6Network("2001::/32"))
# Set apart for protocols; Python counts some of it as global.
PROTOCOLS_4 = ipaddress.IPv4Network("192.0.0.0/24")
# A name server may be silent for many seconds, and a look-up cannot be cancelled: the others need threads of their own.
LOOK_UPS_AT_ONCE = 32
CONNECTIONS_AT_MOST = 256
# What is read of an answer; it is only kept to say why a request was refused.
ANSWER_BYTES = 512


class AddressRefused(ChatFlowError):
    """The URL leads to where nobody may send us."""

    code = "forbidden"


class Unreached(ChatFlowError):
    """There was no answer, or not in time."""

    code = "unavailable"


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the other side said; `text` is only the beginning."""

    status: int
    headers: Mapping[str, str]
    text: str


def look_up(host: str, port: int, family: socket.AddressFamily) -> Sequence[Found]:
    return socket.getaddrinfo(host, port, family, socket.SOCK_STREAM, 0, socket.AI_ADDRCONFIG)


class OutboundGuard:
    """Knows which addresses may be dialled: those of the internet, and what the operator allows."""

    def __init__(self, allowed: Collection[str] = ()) -> None:
        entries = list(map(inner_address_of, allowed))
        self._networks: list[Network] = [entry for entry in entries if not isinstance(entry, tuple)]
        self._places = {entry for entry in entries if isinstance(entry, tuple)}

    def admits(self, address: str, *, host: str, port: int) -> bool:
        """Tell whether this address may be dialled for that host and port."""
        parsed = ipaddress.ip_address(address.partition("%")[0])
        if {(host.lower(), port), (str(parsed), port)} & self._places:
            return True
        if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
            parsed = parsed.ipv4_mapped
        return is_of_the_internet(parsed) or any(parsed in network for network in self._networks)

    def check_url(self, url: str) -> URL:
        """Return the URL if it may be asked for as far as it says itself; what its name leads to shows later."""
        try:
            parsed = URL(url)
            # It looks closer at addresses in brackets.
            urlsplit(url)
        except ValueError:
            raise Invalid("This is no URL.") from None
        # As it will be sent: other scripts have digits too.
        host = parsed.raw_host
        if parsed.scheme != "https" or not host or parsed.user is not None or parsed.password is not None:
            raise Invalid("Only https URLs without a user are taken.")
        # A zone says which of this machine's own wires to take.
        if "%" in host:
            raise AddressRefused("This address may not be asked for.")
        if is_numeric(host) and not self._admits_numeric(host, port=parsed.port or 443):
            raise AddressRefused("This address may not be asked for.")
        return parsed

    def _admits_numeric(self, host: str, *, port: int) -> bool:
        try:
            return self.admits(host, host=host, port=port)
        except ValueError:
            return False  # numbers that are no address as one writes it today, but as the C library still reads it


def is_of_the_internet(address: Address) -> bool:
    """Tell whether everybody means the same by this address: it is not private, local, reserved or for several."""
    if isinstance(address, ipaddress.IPv6Address):
        is_taken = address not in INTERNET_6 or any(address in tunnel for tunnel in TUNNELS_6)
    else:
        is_taken = address in PROTOCOLS_4
    return address.is_global and not (is_taken or address.is_multicast or address.is_reserved)


def is_numeric(host: str) -> bool:
    """Tell whether the host is written in numbers: as an address, or as only the C library reads one (0x7f.1)."""
    return ":" in host or host.rstrip(".").rpartition(".")[2][:1].isdigit()


class GuardedResolver(AbstractResolver):
    """Returns those addresses of a name that may be dialled, or raises AddressRefused if there are only others."""

    def __init__(
        self,
        guard: OutboundGuard,
        look_up: Callable[[str, int, socket.AddressFamily], Sequence[Found]] = look_up,
    ) -> None:
        self._guard = guard
        self._look_up = look_up
        self._threads = ThreadPoolExecutor(max_workers=LOOK_UPS_AT_ONCE, thread_name_prefix="outbound names")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await asyncio.get_running_loop().run_in_executor(self._threads, self._look_up, host, port, family)
        admitted = [one for one in found if self._guard.admits(str(one[4][0]), host=host, port=port)]
        if not admitted:
            raise AddressRefused("This address may not be asked for.")
        return [
            ResolveResult(
                hostname=host,
                host=str(address[0]),
                port=port,
                family=family,
                proto=protocol,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for family, _, protocol, _, address in admitted
        ]

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


class Outbound:
    """Sends requests to the outside."""

    def __init__(
        self,
        guard: OutboundGuard,
        *,
        look_up: Callable[[str, int, socket.AddressFamily], Sequence[Found]] = look_up,
    ) -> None:
        self.guard = guard
        self._resolver = GuardedResolver(guard, look_up)
        # Neither cookies nor a proxy that the environment names.
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=self._resolver, limit=CONNECTIONS_AT_MOST, ssl=ssl.create_default_context()
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
        )

    async def post(self, url: str, *, data: bytes, headers: Mapping[str, str], timeout_seconds: float) -> Answer:
        """Post to a URL that somebody named. Raises AddressRefused, Invalid, or Unreached."""
        checked = self.guard.check_url(url)
        try:
            async with (
                asyncio.timeout(timeout_seconds),
                self._session.post(checked, data=data, headers=headers, allow_redirects=False) as response,
            ):
                text = (await response.content.read(ANSWER_BYTES)).decode(errors="replace")
                return Answer(status=response.status, headers=response.headers, text=text)
        except TimeoutError:
            raise Unreached("It did not answer in time.") from None
        except (aiohttp.ClientError, OSError, UnicodeError) as error:
            raise Unreached(f"It could not be asked: {type(error).__name__}.") from None

    async def close(self) -> None:
        await self._session.close()
        await self._resolver.close()
