"""What the API's documents say of a REST operation, noted beside its handler; no running service reads it."""

from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeVar

import msgspec

Handler = TypeVar("Handler", bound=Callable[..., Any])

Tag = Literal[
    "accounts", "people", "rooms", "history", "sending", "invitations", "notifications", "integrations", "system"
]
# Who may ask: whoever is signed in, whoever has the refresh token, or everybody.
Asker = Literal["person", "session", "anybody"]


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One method of one path.

    `answers` gives the type of the body by status: None for none, a text for a file of that media type. `errors` are
    the codes of `chatflow/errors.py` that are this operation's own; those that every operation can answer go without
    saying. `links` says where the answer leads: the name of another operation, and by which parameter which part of
    the answer is given to it.
    """

    name: str
    summary: str
    tag: Tag
    answers: Mapping[int, Any]
    asker: Asker
    query: type[msgspec.Struct] | None
    # A struct, or a serializer of REST framework.
    body: Any
    # Fields of the body that are given otherwise, as by the path.
    body_without: tuple[str, ...]
    is_body_required: bool
    headers: Mapping[str, Any]
    errors: tuple[str, ...]
    links: Mapping[str, Mapping[str, str]]


def documented(
    name: str,
    summary: str,
    *,
    tag: Tag,
    answers: Mapping[int, Any],
    asker: Asker = "person",
    query: type[msgspec.Struct] | None = None,
    body: Any = None,
    body_without: tuple[str, ...] = (),
    is_body_required: bool = True,
    headers: Mapping[str, Any] | None = None,
    errors: tuple[str, ...] = (),
    links: Mapping[str, Mapping[str, str]] | None = None,
) -> Callable[[Handler], Handler]:
    """Note what a handler does; the handler stays as it is."""
    operation = Operation(
        name=name,
        summary=summary,
        tag=tag,
        answers=answers,
        asker=asker,
        query=query,
        body=body,
        body_without=body_without,
        is_body_required=is_body_required,
        headers=headers or {},
        errors=errors,
        links=links or {},
    )

    def note(handler: Handler) -> Handler:
        vars(handler)["operation"] = operation
        return handler

    return note
