"""Calls from threads to user_service: the keys that sign tokens, and the facts about accounts."""

import urllib.error
import urllib.request
from http.client import HTTPException
from typing import TypeVar

import msgspec

from chatflow.auth.keys import Jwks
from chatflow.errors import UNREADABLE, NotFound, Unavailable

Answer = TypeVar("Answer")

TIMEOUT_SECONDS = 2.0


class UserServiceClient:
    """Each call raises `not_found` if user_service has no such path, and `unavailable` for whatever else goes wrong."""

    def __init__(self, url: str, *, secret: str) -> None:
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Service {secret}"}
        # No proxies, as this is a call between our own processes.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def keys(self) -> Jwks:
        return self.get("/.well-known/jwks.json", Jwks)

    def get(self, path: str, answer: type[Answer], /) -> Answer:
        # The address is from a setting, not from a client.
        request = urllib.request.Request(self._url + path, headers=self._headers)  # noqa: S310
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS) as response:
                return msgspec.json.decode(response.read(), type=answer)
        except urllib.error.HTTPError as error:
            with error:
                raise NotFound if error.code == NotFound().kind.status else unavailable(error) from error
        except (OSError, HTTPException, *UNREADABLE) as error:
            raise unavailable(error) from error


def unavailable(error: Exception) -> Unavailable:
    return Unavailable(f"user_service is not available: {error}", retry_after=1.0)
