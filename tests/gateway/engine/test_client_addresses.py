"""Whose address a client has: what proxies say of it is believed from ours alone, and a network of IPv6 is one."""

import pytest

from chatflow.http.addresses import household
from gateway.engine.addresses import client_address


@pytest.mark.parametrize(
    ("forwarded_for", "trusted_proxies", "address"),
    [
        ("", 1, "10.0.0.1"),
        ("203.0.113.1", 0, "10.0.0.1"),
        ("203.0.113.1", 1, "203.0.113.1"),
        ("6.6.6.6, 203.0.113.1", 1, "203.0.113.1"),
        ("6.6.6.6, 203.0.113.1, 10.0.0.2", 2, "203.0.113.1"),
        ("203.0.113.1", 2, "203.0.113.1"),
        ("nonsense", 1, "10.0.0.1"),
        ("2001:db8::1", 1, "2001:db8::1"),
    ],
)
def test_an_address_is_believed_from_so_many_proxies_and_no_more(
    forwarded_for: str, trusted_proxies: int, address: str
) -> None:
    assert client_address("10.0.0.1", forwarded_for, trusted_proxies=trusted_proxies) == address


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("203.0.113.1", "203.0.113.1"),
        ("::ffff:203.0.113.1", "203.0.113.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_of_ipv6_a_whole_network_counts_as_one_address(address: str, counted_as: str) -> None:
    assert household(address) == counted_as
