"""The ways in which a request ends that is not answered with ok."""

from typing import Any

from tests.checker.records import Outcome

Json = dict[str, Any]

# What the protocol says of each code; every other one is a rejection.
NOT_TRIED = ("unauthenticated", "token_expired", "rate_limited", "unavailable")
UNKNOWN = ("timeout", "internal")


class Refused(Exception):
    """The server answered with an error."""

    def __init__(self, error: Json) -> None:
        self.error = error
        self.code = str(error["code"])
        self.retryable = bool(error["retryable"])
        self.retry_after = error.get("retry_after")
        super().__init__(f"{self.code}: {error['message']}")


class SignInRefused(Refused):
    """The handshake was refused."""


class ConnectionLost(Exception):
    """No answer came: the connection ended, or nothing was heard for longer than a command may take."""


def outcome_of(error: Exception) -> Outcome:
    """Return what an error says about the attempt that it ended."""
    if not isinstance(error, Refused) or error.code in UNKNOWN:
        return "info"
    return "not_tried" if error.code in NOT_TRIED else "fail"
