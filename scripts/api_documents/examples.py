"""Examples for everything in the documents: a few values by the name of a field, and the rest from the schemas."""

from typing import Any

import msgspec

from chatflow.errors import ERROR_BY_CODE, ERRORS
from scripts.api_documents.schemas import Schema

ROOM, MESSAGE, ADA, BOB = (f"019ac5d4-7c00-7000-8000-00000000000{digit}" for digit in "1234")
BY_NAME: dict[str, Any] = {
    "id": MESSAGE,
    "room_id": ROOM,
    "user_id": BOB,
    **dict.fromkeys(("sender", "actor"), ADA),
    **dict.fromkeys(("at", "created_at", "last_used_at", "edited_at"), "2026-11-27T09:30:00.000Z"),
    **dict.fromkeys(("expires_at", "until", "muted_until"), "2026-11-27T10:30:00.000Z"),
    "username": "ada",
    "display_name": "Ada",
    "login": "ada",
    **dict.fromkeys(("password", "current"), "a long pass phrase"),
    "new": "another long pass phrase",
    **dict.fromkeys(("email", "email_pending"), "ada@example.org"),
    "name": "lobby",
    "topic": "Everything and nothing",
    "text": "안녕!",
    "title": "An example",
    "emoji": "👍",
    "url": "https://example.org/",
    "cid": "send-1",
    "access": "eyJhbGciOiJFZERTQSJ9.e30.c2lnbmF0dXJl",
    "token": "eyJhbGciOiJFZERTQSJ9.e30.c2lnbmF0dXJl",
    "refresh": "a-refresh-token",
    "invite": f"{ROOM}.c2VjcmV0",
    "user_agent": "Mozilla/5.0",
    "explanation": "You were mentioned.",
    "seq": 42,
    "head": 42,
    "n": 40,
    **dict.fromkeys(
        ("edited_at", "muted_until", "reply_to", "thread", "avatar", "next", "prev", "retention_days"), None
    ),
}
# Where the names above mean something else.
BY_PLACE: dict[tuple[str, str], Any] = {
    ("PersonStatus", "emoji"): "🚆",
    ("PersonStatus", "text"): "on a train",
    ("PersonStatus", "until"): "2126-11-27T12:00:00.000Z",
    ("ChangeMeStatus", "emoji"): "🚆",
    ("ChangeMeStatus", "text"): "on a train",
    ("ChangeMeStatus", "until"): "2126-11-27T12:00:00.000Z",
    ("User", "title"): "Engineer",
    ("Profile", "title"): "Engineer",
    ("ChangeMeBody", "title"): "Engineer",
    ("Profile", "locale"): "en-GB",
    ("Profile", "time_zone"): "Europe/London",
    ("ChangeMeBody", "locale"): "en-GB",
    ("ChangeMeBody", "time_zone"): "Europe/London",
    ("MessageEdited", "edited_at"): BY_NAME["at"],
    ("WithheldEdit", "edited_at"): BY_NAME["at"],
    ("MemberMuted", "until"): BY_NAME["until"],
    ("User", "id"): ADA,
    ("Room", "id"): ROOM,
    ("DeletedMessage", "id"): MESSAGE,
    ("NewInvite", "token"): f"{ROOM}.c2VjcmV0",
    ("Attachment", "type"): "image/png",
    ("Attachment", "name"): "harbour.png",
    ("SendMessage", "attachments"): [],
    ("SendMessageBody", "attachments"): [],
    ("User", "kind"): "person",
    ("User", "role"): "member",
    ("Status", "status"): "ok",
    ("Readiness", "status"): "ok",
    ("ErrorBody", "code"): "invalid",
    ("ErrorBody", "message"): ERRORS["invalid"].default_message,
    ("Why", "told"): True,
    ("Why", "suppressed"): None,
    ("MessageWhy", "told"): True,
    ("MessageWhy", "reason"): "mention",
    ("MessageWhy", "decided_at"): BY_NAME["at"],
    ("Step", "rule"): "level",
    ("Step", "detail"): "all",
    ("Delivery", "channel"): "in_app",
    ("Delivery", "state"): "shown",
    **{
        (owner, name): value
        for owner in ("Quiet", "WishedQuiet")
        for name, value in (("from", "22:00"), ("to", "07:00"), ("days", ["fri", "sat"]), ("zone", "Asia/Seoul"))
    },
}


def error_example(code: str) -> dict[str, Any]:
    example: dict[str, Any] = msgspec.to_builtins(ERROR_BY_CODE[code]().body)
    return example


def add_examples(components: dict[str, Schema]) -> None:
    """Give every object among the components an example of its own, if it has none."""
    for schema in components.values():
        if schema.get("type") == "object" and "properties" in schema:
            schema.setdefault("examples", [example_of(schema, components)])


def example_of(schema: Schema, components: dict[str, Schema], *, owner: str = "", name: str = "") -> Any:
    if "$ref" in schema:
        target = schema["$ref"].rpartition("/")[2]
        return example_of(components[target], components, owner=target)
    if "const" in schema:
        return schema["const"]
    if (owner, name) in BY_PLACE:
        return BY_PLACE[owner, name]
    if name in BY_NAME and fits(BY_NAME[name], schema):
        return BY_NAME[name]
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return example_of(schema["anyOf"][0], components, owner=owner, name=name)
    if "allOf" in schema:
        found: dict[str, Any] = {}
        for part in schema["allOf"]:
            found |= example_of(part, components, owner=owner, name=name)
        return found
    return plain_example(schema, components, owner=owner)


def fits(value: Any, schema: Schema) -> bool:
    """Tell whether an example by name is of the type that the field has here."""
    types: set[str] = set()
    for option in schema.get("anyOf", [schema]):
        types.update(types_of(option))
    kind = {str: "string", int: "integer", type(None): "null"}[type(value)]
    return kind in types


def plain_example(schema: Schema, components: dict[str, Schema], *, owner: str) -> Any:
    match (types_of(schema) or [""])[0]:
        case "object" | "":
            owner = schema.get("title", owner)
            return {
                key: example_of(value, components, owner=owner, name=key)
                for key, value in schema.get("properties", {}).items()
            }
        case "array":
            items = schema["items"]
            is_list_of_objects = "$ref" in items or "anyOf" in items
            wanted = schema.get("minItems", 0) or is_list_of_objects or items.get("format") == "uuid"
            return [BOB if items.get("format") == "uuid" else example_of(items, components)] if wanted else []
        case "integer" | "number":
            return schema.get("default") or schema.get("minimum", 1)
        case "boolean":
            return schema.get("default", False)
        case "null":
            return None
        case "string":
            return BOB if schema.get("format") == "uuid" else "text"
        case other:
            raise ValueError(f"no example of {other}")


def types_of(schema: Schema) -> list[str]:
    found = schema.get("type", [])
    return [found] if isinstance(found, str) else list(found)
