"""The browser client's types, from both documents: an interface for each object, and what the socket takes and says."""

import json
from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]
HEAD = """\
/** Made from the documents of the API by `make api`; do not edit. */

/** What every command is answered with. */
export type Answer<T> = ({ ok: true } & T) | { ok: false; error: ErrorBody };
"""
PLAIN = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}


def typescript(openapi: dict[str, Any], asyncapi: dict[str, Any]) -> str:
    """Return the whole file."""
    spoken = asyncapi["components"]
    replies = dict(commands(asyncapi))
    schemas = dict(sorted({**spoken["schemas"], **openapi["components"]["schemas"]}.items()))
    left_out = {name for name in schemas if name.endswith("Ack")} | {"Auth", "ConnectError"}
    parts = [declared(name, schema) for name, schema in schemas.items() if name not in left_out]
    told = {
        spoken["messages"][key]["name"]: spoken["messages"][key]["payload"]
        for key, operation in asyncapi["operations"].items()
        if operation["action"] == "send" and key != "connect_error"
    }
    pairs = [f"  {json.dumps(name)}: {{ payload: {sent}; reply: {reply} }};" for name, (sent, reply) in replies.items()]
    events = [f"  {json.dumps(name)}: (payload: {type_of(schema)}) => void;" for name, schema in told.items()]
    parts.append("/** What a client may send on the socket, and what its ok answer has. */")
    parts.append("\n".join(["export interface Commands {", *pairs, "}\n"]))
    parts.append("/** What the server says on the socket. */")
    parts.append("\n".join(["export interface ServerEvents {", *events, "}\n"]))
    return HEAD + "\n" + "\n".join(parts)


def commands(asyncapi: dict[str, Any]) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield the name of each command, the type of its payload, and that of its ok answer."""
    components = asyncapi["components"]
    for key, operation in asyncapi["operations"].items():
        if "reply" in operation:
            message, ack = components["messages"][key], components["messages"][f"{key}_ack"]
            done = components["schemas"][ack["payload"]["$ref"].rpartition("/")[2]]["anyOf"][0]
            yield message["name"], (type_of(message["payload"]), type_of(done["allOf"][1]))


def declared(name: str, schema: Schema) -> str:
    comment = f"/** {schema['description']} */\n" if "description" in schema else ""
    if not schema.get("properties"):
        return f"{comment}export type {name} = {type_of(schema)};\n"
    return f"{comment}export interface {name} {{\n{''.join(fields(schema))}}}\n"


def fields(schema: Schema) -> Iterator[str]:
    needed = schema.get("required", [])
    for name, value in schema["properties"].items():
        if "description" in value:
            yield f"  /** {value['description']} */\n"
        yield f"  {name}{'' if name in needed else '?'}: {type_of(value)};\n"


def type_of(schema: Schema) -> str:
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(map(type_of, schema["anyOf"])))
    if "allOf" in schema:
        return " & ".join(f"({type_of(part)})" for part in schema["allOf"])
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return " | ".join(map(json.dumps, schema["enum"]))
    kinds = schema.get("type", [])
    if isinstance(kinds, list):
        return " | ".join(PLAIN[kind] for kind in kinds) or "unknown"
    if kinds == "array":
        inner = type_of(schema["items"])
        return f"({inner})[]" if " " in inner else f"{inner}[]"
    if kinds == "object":
        return object_type(schema)
    return PLAIN[kinds]


def object_type(schema: Schema) -> str:
    if schema.get("properties"):
        return f"{{ {' '.join(field.strip() for field in fields(schema))} }}"
    values = schema.get("additionalProperties")
    # An object without any field is none of whatever one looks for in it.
    return f"Record<string, {type_of(values) if isinstance(values, dict) else 'never'}>"
