"""The one table of errors: every code that a client can get, what it says of the attempt, and its HTTP status."""

from enum import StrEnum
from typing import ClassVar, NamedTuple

import msgspec


class Outcome(StrEnum):
    """What an error says of the attempt that it answers."""

    REJECTED = "rejected"  # the room, or the request itself, decided against it
    NOT_TRIED = "not_tried"  # this attempt did nothing; an earlier one with the same cid stays open
    UNKNOWN = "unknown"  # it may or may not have happened; the same cid finds out


class ErrorKind(NamedTuple):
    """One row of the table."""

    status: int
    retryable: bool
    outcome: Outcome
    default_message: str


ERRORS: dict[str, ErrorKind] = {
    "unauthenticated": ErrorKind(401, False, Outcome.NOT_TRIED, "Sign in first."),
    "token_expired": ErrorKind(401, True, Outcome.NOT_TRIED, "The access token has expired; refresh it."),
    "forbidden": ErrorKind(403, False, Outcome.REJECTED, "You may not do that here."),
    "not_found": ErrorKind(404, False, Outcome.REJECTED, "There is no such thing, or you may not see it."),
    "not_a_member": ErrorKind(403, False, Outcome.REJECTED, "You are not a member of this room."),
    "muted": ErrorKind(403, False, Outcome.REJECTED, "You are muted in this room."),
    "banned": ErrorKind(403, False, Outcome.REJECTED, "You are banned from this room."),
    "archived": ErrorKind(409, False, Outcome.REJECTED, "This room is archived."),
    "invalid": ErrorKind(400, False, Outcome.REJECTED, "The request is not valid."),
    "too_large": ErrorKind(413, False, Outcome.REJECTED, "The request is too large."),
    "conflict": ErrorKind(409, False, Outcome.REJECTED, "This contradicts what is already there."),
    "rate_limited": ErrorKind(429, True, Outcome.NOT_TRIED, "Too many requests; try again later."),
    "unavailable": ErrorKind(503, True, Outcome.NOT_TRIED, "The service is not available right now."),
    "timeout": ErrorKind(504, True, Outcome.UNKNOWN, "No answer in time; ask again with the same cid."),
    "internal": ErrorKind(500, True, Outcome.UNKNOWN, "Something went wrong on our side."),
}


# What msgspec raises for unexpected bytes, also for text that is not UTF-8 and for too deep nesting.
UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class ErrorBody(msgspec.Struct, omit_defaults=True, kw_only=True):
    """The error object of every ack and every REST answer."""

    code: str
    message: str
    # Without a default, so that it is always written.
    retryable: bool
    retry_after: float | None = None
    # The room that the error is about, where that is another one than was asked for, and anybody may see it.
    room_id: str | None = None


class ChatFlowError(Exception):
    """An error that a client may see. Each subclass is named for the fact and has one code."""

    code: ClassVar[str] = "internal"

    def __init__(
        self, message: str | None = None, *, retry_after: float | None = None, room_id: str | None = None
    ) -> None:
        self.message = message or ERRORS[self.code].default_message
        self.retry_after = retry_after
        self.room_id = room_id
        super().__init__(self.message)

    @property
    def kind(self) -> ErrorKind:
        return ERRORS[self.code]

    @property
    def body(self) -> ErrorBody:
        return ErrorBody(
            code=self.code,
            message=self.message,
            retryable=self.kind.retryable,
            retry_after=self.retry_after,
            room_id=self.room_id,
        )


class Unauthenticated(ChatFlowError):
    code = "unauthenticated"


class TokenExpired(ChatFlowError):
    code = "token_expired"


class Forbidden(ChatFlowError):
    code = "forbidden"


class NotFound(ChatFlowError):
    code = "not_found"


class NotAMember(ChatFlowError):
    code = "not_a_member"


class Muted(ChatFlowError):
    code = "muted"


class Banned(ChatFlowError):
    code = "banned"


class Archived(ChatFlowError):
    code = "archived"


class Invalid(ChatFlowError):
    code = "invalid"


class TooLarge(ChatFlowError):
    code = "too_large"


class Conflict(ChatFlowError):
    code = "conflict"


class RateLimited(ChatFlowError):
    """Always says when to try again, in the message as well."""

    code = "rate_limited"

    def __init__(
        self, message: str | None = None, *, retry_after: float | None = None, room_id: str | None = None
    ) -> None:
        seconds = 1.0 if retry_after is None else retry_after
        message = message or f"Too many requests; try again in {seconds:g} s."
        super().__init__(message, retry_after=seconds, room_id=room_id)


class Unavailable(ChatFlowError):
    code = "unavailable"


class TimedOut(ChatFlowError):
    code = "timeout"


class Internal(ChatFlowError):
    code = "internal"


ERROR_BY_CODE: dict[str, type[ChatFlowError]] = {kind.code: kind for kind in ChatFlowError.__subclasses__()}


def error_from_body(body: ErrorBody) -> ChatFlowError:
    """Return the error that another process described; an unknown code becomes `internal`."""
    kind = ERROR_BY_CODE.get(body.code, Internal)
    return kind(body.message, retry_after=body.retry_after, room_id=body.room_id)
