"""A push is encrypted as RFC 8291 says, for the one browser that can read it; and signed as RFC 8292 says."""

import secrets

import jwt
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key, generate_private_key

from chatflow.auth.keys import base64url
from chatflow.errors import Invalid
from notification_service.channels.web_push.encryption import (
    PLAIN_BYTES_AT_MOST,
    encrypt,
    point_of,
    read_base64url,
    read_public_key,
    read_secret,
)
from notification_service.channels.web_push.vapid import TOKENS_AT_MOST, USED_SECONDS, Vapid
from tests.notification_service.channels.push_service import decrypt

# Section 5 and appendix A of RFC 8291.
PLAIN = b"When I grow up, I want to be a watermelon"
SENDER_PRIVATE = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
BROWSER_PUBLIC = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
BROWSER_PRIVATE = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
SECRET = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml"
    "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
    "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_the_example_of_the_standard_is_met_byte_by_byte() -> None:
    key = derive_private_key(int.from_bytes(read_base64url(SENDER_PRIVATE), "big"), SECP256R1())

    body = encrypt(PLAIN, p256dh=BROWSER_PUBLIC, auth=SECRET, key=key, salt=read_base64url(SALT))

    assert base64url(body) == BODY


def test_the_tests_own_browser_reads_the_example() -> None:
    key = derive_private_key(int.from_bytes(read_base64url(BROWSER_PRIVATE), "big"), SECP256R1())

    assert decrypt(read_base64url(BODY), key=key, auth=read_base64url(SECRET)) == PLAIN


def test_each_push_is_encrypted_anew_and_no_other_browser_reads_it() -> None:
    key, other, auth = generate_private_key(SECP256R1()), generate_private_key(SECP256R1()), secrets.token_bytes(16)
    public = base64url(point_of(key.public_key()))

    first, second = (encrypt(PLAIN, p256dh=public, auth=base64url(auth)) for _ in range(2))

    assert decrypt(first, key=key, auth=auth) == decrypt(second, key=key, auth=auth) == PLAIN
    assert first[:16] != second[:16]
    assert first[21:86] != second[21:86]
    with pytest.raises(InvalidTag):
        decrypt(first, key=other, auth=auth)
    with pytest.raises(InvalidTag):
        decrypt(first, key=key, auth=secrets.token_bytes(16))


def test_the_longest_push_is_as_long_as_a_push_service_takes() -> None:
    assert len(encrypt(b"x" * PLAIN_BYTES_AT_MOST, p256dh=BROWSER_PUBLIC, auth=SECRET)) == 4096


@pytest.mark.parametrize("key", ["", "AAAA", SECRET, "B" * 87, BROWSER_PUBLIC[:-4], "%%%%", "é" * 87])
def test_what_is_no_public_key_is_refused(key: str) -> None:
    with pytest.raises(Invalid):
        read_public_key(key)


@pytest.mark.parametrize("secret", ["", "AAAA", BROWSER_PUBLIC, "%%%%", "BTBZMqHH6r4Tts7J/aSIgg!"])
def test_what_is_no_secret_is_refused(secret: str) -> None:
    with pytest.raises(Invalid):
        read_secret(secret)


def test_a_push_service_learns_who_pushes_and_whom_to_ask() -> None:
    key = generate_private_key(SECP256R1())
    vapid = Vapid(key, contact="https://chat.example.com")

    scheme, _, given = vapid.header_for("https://push.example.com").partition(" ")
    token, public = (part.split("=", 1)[1] for part in given.split(", "))
    claims = jwt.decode(token, key.public_key(), algorithms=["ES256"], audience="https://push.example.com")

    assert scheme == "vapid"
    assert public == vapid.public_key == base64url(point_of(key.public_key()))
    assert claims["sub"] == "https://chat.example.com"


def test_a_token_is_used_for_a_while_and_for_one_push_service() -> None:
    now = [1_000_000_000.0]
    vapid = Vapid(generate_private_key(SECP256R1()), contact="https://chat.example.com", clock=lambda: now[0])
    first = vapid.header_for("https://one.example.com")

    assert vapid.header_for("https://one.example.com") == first
    assert vapid.header_for("https://two.example.com") != first
    now[0] += USED_SECONDS
    assert vapid.header_for("https://one.example.com") != first
    # A clock that was set back would make a token look good for too long.
    later = vapid.header_for("https://one.example.com")
    now[0] -= 10 * USED_SECONDS
    assert vapid.header_for("https://one.example.com") != later


def test_tokens_for_ever_new_push_services_are_not_kept() -> None:
    vapid = Vapid(generate_private_key(SECP256R1()), contact="https://chat.example.com")
    for number in range(TOKENS_AT_MOST + 1):
        vapid.header_for(f"https://{number}.example.com")

    assert len(vapid._headers) == 1
