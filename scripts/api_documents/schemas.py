"""JSON schemas of the protocol's types: each struct becomes one component, and its fields' limits come from msgspec."""

import types
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
from msgspec import NODEFAULT, UNSET, UnsetType, defstruct

from chatflow.protocol.commands import UpdateRoom
from chatflow.protocol.events import RoomUpdated, ToldEvent
from chatflow.protocol.objects import AnyMessage, Message
from chatflow.protocol.replies import FailedRoom, Synced, SyncedRoom
from scripts.api_documents.words import FIELDS, FORMATS, SWITCHES, WORDS

Schema = dict[str, Any]
# Fields whose type in the code is wider than what they hold.
OF_A_FIELD: dict[tuple[Any, str], Any] = {
    (Message, "deleted"): Literal[False],
    (SyncedRoom, "events"): list[ToldEvent],
    (Synced, "rooms"): dict[str, SyncedRoom | FailedRoom],
    (RoomUpdated, "changes"): defstruct(
        "RoomChanges",
        [
            (field.name, field.type, UNSET)
            for field in msgspec.structs.fields(UpdateRoom)
            if field.name not in ("room_id", "cid")
        ],
    ),
}
REFERENCE = "#/components/schemas/{name}"

# Unions that have a name of their own.
NAMED = {AnyMessage: "AnyMessage", ToldEvent: "RoomEvent"}


class Schemas:
    """All components so far.

    A struct that a client sends may leave out what has a default. In one that the server sends, a field with a default
    is left out only where the struct says so, so that clients may count on all others.
    """

    def __init__(self) -> None:
        self.components: dict[str, Schema] = {}
        # Answers that many operations share.
        self.responses: dict[str, Schema] = {}
        self._uses: dict[str, tuple[str, bool]] = {}

    def answered(self, kind: Any) -> Schema:
        """Return the schema of what the server sends."""
        return self._of(kind, sent=False)

    def sent(self, kind: Any, *, without: tuple[str, ...] = (), name: str = "", tagged: bool = True) -> Schema:
        """Return the schema of what a client sends; `without` leaves out fields, and wants a name for what remains."""
        if not is_struct(kind):
            return self._of(kind, sent=True)
        return self._reference(kind, sent=True, without=without, name=name, tagged=tagged)

    def properties(self, kind: type[msgspec.Struct], *, sent: bool) -> dict[str, tuple[Schema, bool]]:
        """Return each field's schema, and whether it has to be there."""
        omits = kind.__struct_config__.omit_defaults
        found = {}
        for field in msgspec.structs.fields(kind):
            has_default = field.default is not NODEFAULT or field.default_factory is not NODEFAULT
            is_left_out = UnsetType in get_args(field.type) or (has_default and (sent or omits))
            schema = self._of(OF_A_FIELD.get((kind, field.name), field.type), sent=sent)
            if omits and not sent and field.default is None:
                # Left out, and so never null.
                schema = without_null(schema)
            if sent and field.default is not NODEFAULT and not isinstance(field.default, UnsetType):
                schema = {**schema, "default": msgspec.to_builtins(field.default)}
            found[field.encode_name] = (worded(field.encode_name, schema), not is_left_out)
        return found

    def add(self, name: str, schema: Schema, *, owner: str = "", sent: bool = False) -> Schema:
        """Add a component and return the reference to it; two things may not have one name."""
        if self._uses.setdefault(name, (owner, sent)) != (owner, sent):
            raise ValueError(f"{name} is {self._uses[name]} and {(owner, sent)}: one of them needs another name")
        self.components[name] = schema
        return {"$ref": REFERENCE.format(name=name)}

    def _of(self, kind: Any, *, sent: bool) -> Schema:
        origin, arguments = get_origin(kind), get_args(kind)
        if is_struct(kind):
            return self._reference(kind, sent=sent)
        if kind in NAMED:
            options = [self._of(argument, sent=sent) for argument in arguments]
            return self.add(NAMED[kind], {"title": NAMED[kind], "anyOf": options}, sent=sent)
        if origin is Annotated and get_origin(arguments[0]) is list and holds_struct(arguments[0]):
            return self._of(arguments[0], sent=sent) | {"maxItems": limit_of_list(arguments[1])}
        if origin is Annotated and holds_struct(arguments[0]):
            raise TypeError(f"{kind}: limits of structs are not written down")
        if not holds_struct(kind):
            left = [argument for argument in arguments if argument is not UnsetType]
            if origin in (Union, types.UnionType) and len(left) < len(arguments):
                kind = Union[tuple(left)]  # noqa: UP007 made at run time
            return msgspec.json.schema(kind)
        if origin in (Union, types.UnionType):
            return {"anyOf": [self._of(argument, sent=sent) for argument in arguments if argument is not UnsetType]}
        if origin is list:
            return {"type": "array", "items": self._of(arguments[0], sent=sent)}
        if origin is dict:
            return {"type": "object", "additionalProperties": self._of(arguments[1], sent=sent)}
        raise TypeError(f"{kind} is of no kind that is written down")

    def _reference(
        self,
        kind: type[msgspec.Struct],
        *,
        sent: bool,
        without: tuple[str, ...] = (),
        name: str = "",
        tagged: bool = True,
    ) -> Schema:
        name = name or kind.__name__
        reference = self.add(name, {}, owner=f"{kind.__module__}.{kind.__qualname__}{without}", sent=sent)
        schema: Schema = {"title": name, "type": "object"}
        if kind.__doc__ and not kind.__doc__.startswith(f"{kind.__name__}("):
            schema["description"] = " ".join(kind.__doc__.split())
        fields = {key: value for key, value in self.properties(kind, sent=sent).items() if key not in without}
        config = kind.__struct_config__
        if config.tag_field is not None and tagged:
            fields = {config.tag_field: ({"const": config.tag}, True), **fields}
        schema["properties"] = {key: value for key, (value, _) in fields.items()}
        if needed := [key for key, (_, is_needed) in fields.items() if is_needed]:
            schema["required"] = needed
        if config.forbid_unknown_fields:
            schema["additionalProperties"] = False
        self.components[name] = schema
        return reference


def limit_of_list(limits: msgspec.Meta) -> int:
    if limits.max_length is None or limits != msgspec.Meta(max_length=limits.max_length):
        raise TypeError(f"{limits}: of a list of structs only the longest is written down")
    return limits.max_length


def is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def holds_struct(kind: Any) -> bool:
    return is_struct(kind) or any(map(holds_struct, get_args(kind)))


def worded(name: str, schema: Schema) -> Schema:
    """Say what a field of this name is everywhere, and of which form its text is."""
    form = FORMATS.get(name) or ("uuid" if name.endswith("_id") else None)
    found = with_format(schema, form) if form else schema
    is_a_switch = schema.get("type") == "boolean" and name not in SWITCHES
    if name in FIELDS and "$ref" not in found and not is_a_switch:
        found = {**found, "description": FIELDS[name]}
    return found


def with_format(schema: Schema, form: str) -> Schema:
    if schema.get("type") == "string":
        return {**schema, "format": form}
    if "anyOf" in schema:
        return {**schema, "anyOf": [with_format(option, form) for option in schema["anyOf"]]}
    if schema.get("type") == "array":
        return {**schema, "items": with_format(schema["items"], form)}
    return schema


def without_null(schema: Schema) -> Schema:
    options = [option for option in schema.get("anyOf", []) if option != {"type": "null"}]
    if len(options) > 1:
        return {**schema, "anyOf": options}
    rest = {key: value for key, value in schema.items() if key != "anyOf"}
    found = {**rest, **(options[0] if options else {})}
    if "enum" in found:
        found["enum"] = [value for value in found["enum"] if value is not None]
    if found.get("default", "") is None:
        del found["default"]
    return found


def pascal(name: str) -> str:
    return "".join(word.title() for word in WORDS.split(name))
