"""Calls from threads to user_service: the keys that sign tokens, and which sessions ended."""

import urllib.request
from http.client import HTTPException
from typing import TypeVar

import msgspec

from chatflow.auth.keys import Jwks
from chatflow.auth.revocations import RevocationPage
from chatflow.errors import UNREADABLE, Unavailable

Answer = TypeVar("Answer")

TIMEOUT_SECONDS = 2.0


class UserServiceClient:
    """Each call raises `unavailable` if user_service does not answer properly."""

    def __init__(self, url: str, *, secret: str) -> None:
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Service {secret}"}
        # No proxies, as this is a call between our own processes.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def keys(self) -> Jwks:
        return self._get("/.well-known/jwks.json", Jwks)

    def revocations_after(self, position: int) -> RevocationPage:
        return self._get(f"/internal/revocations?after={position}", RevocationPage)

    def _get(self, path: str, answer: type[Answer]) -> Answer:
        # The address is from a setting, not from a client.
        request = urllib.request.Request(self._url + path, headers=self._headers)  # noqa: S310
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS) as response:
                return msgspec.json.decode(response.read(), type=answer)
        except (OSError, HTTPException, *UNREADABLE) as error:
            raise Unavailable(f"user_service is not available: {error}", retry_after=1.0) from error
