"""Reads requests: one small JSON object as the body, and checked query parameters."""

from collections.abc import Mapping
from typing import IO, Any, ClassVar

import msgspec
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.serializers import BooleanField, CharField, Field, Serializer

from chatflow.errors import Invalid, TooLarge


class BoundedJSONParser(BaseParser):
    """Reads a JSON object of bounded size; an honest client stays far below the bound."""

    media_type = "application/json"
    bytes_at_most: ClassVar[int] = 16 * 1024

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        body = stream.read(self.bytes_at_most + 1)
        if len(body) > self.bytes_at_most:
            raise TooLarge(f"The body may have {self.bytes_at_most} bytes.")
        try:
            content = msgspec.json.decode(body)
        except (msgspec.DecodeError, ValueError, RecursionError):
            raise ParseError("The body is not valid JSON.") from None
        if not isinstance(content, dict):
            raise ParseError("The body has to be a JSON object.")
        return content


class InternalJSONParser(BoundedJSONParser):
    """The same with a higher bound: our own processes may send a long list of ids."""

    bytes_at_most: ClassVar[int] = 256 * 1024


def text_parameter(request: Request, name: str, *, characters_at_most: int) -> str | None:
    """Return a query parameter, or None if it is absent."""
    text = request.query_params.get(name)
    if text is not None and (len(text) > characters_at_most or "\0" in text):
        raise Invalid(f"{name}: at most {characters_at_most} characters, none of them NUL.")
    return text


def position_parameter(request: Request, name: str) -> int:
    """Return a query parameter that is a whole number from 0 on; an absent one is 0."""
    text = request.query_params.get(name, "0")
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise Invalid(f"{name}: a whole number from 0 on.")
    return int(text)


def validated(serializer_class: type[Serializer[Any]], request: Request) -> dict[str, Any]:
    """Return the fields of the body that the serializer knows, or raise its complaint; unknown ones are ignored."""
    content: Any = request.data
    serializer = serializer_class(data=content)
    for name, field in serializer.fields.items():
        refuse_other_kind(field, content.get(name))
    serializer.is_valid(raise_exception=True)
    fields: dict[str, Any] = serializer.validated_data
    return fields


def refuse_other_kind(field: Field[Any, Any, Any, Any], value: Any) -> None:
    """Raise Invalid for a number instead of a text, or a word instead of a boolean; serializers would accept them."""
    for kind, wanted, name in ((CharField, str, "a text"), (BooleanField, bool, "true or false")):
        if isinstance(field, kind) and value is not None and not isinstance(value, wanted):
            raise Invalid(f"{field.field_name}: {name}.")
