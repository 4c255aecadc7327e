"""Query parameters of public requests, read as a struct."""

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from chatflow.errors import Invalid

Query = TypeVar("Query", bound=msgspec.Struct)


def read_query(parameters: Mapping[str, str], kind: type[Query]) -> Query:
    """Return the parameters as a struct, or raise `invalid` naming the wrong one; unknown ones are ignored."""
    try:
        query = msgspec.convert(dict(parameters), kind, strict=False)
    except msgspec.ValidationError as error:
        raise Invalid(str(error)) from None
    if any("\0" in value for value in msgspec.structs.astuple(query) if isinstance(value, str)):
        raise Invalid("A parameter contains a NUL.")
    return query
