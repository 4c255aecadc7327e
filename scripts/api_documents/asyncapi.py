"""The AsyncAPI document: what a client sends on the socket with its answer, and what the server says by itself."""

from typing import Any

import msgspec

from chatflow.errors import ERRORS, ErrorBody
from chatflow.protocol import commands, queries
from chatflow.protocol.refusals import REFUSALS
from chatflow.protocol.replies import REPLIES, SeqReply
from chatflow.protocol.told import TOLD
from gateway.commands.dispatch import NOT_BY_SOCKET, RATE_LIMIT_CLASSES
from gateway.commands.sender import ANSWER_SECONDS
from gateway.engine.limits import MAX_PAYLOAD_BYTES, PING_INTERVAL_SECONDS, PING_TIMEOUT_SECONDS
from gateway.sessions.rate_limits import SIGNALS
from scripts.api_documents.examples import add_examples, error_example, example_of
from scripts.api_documents.schemas import Schema, Schemas, is_struct, pascal
from scripts.api_documents.version import version
from scripts.api_documents.words import ABOUT_SOCKET

CHANNEL = {"$ref": "#/channels/socket"}


def asyncapi_document() -> dict[str, Any]:
    schemas = Schemas()
    messages: dict[str, Any] = {}
    operations: dict[str, Any] = {}
    for name, kind in sorted(events_of_clients().items()):
        add_command(name, kind, schemas=schemas, messages=messages, operations=operations)
    for name, told in TOLD.items():
        add_told(name, told, schemas=schemas, messages=messages, operations=operations)
    messages["connect"] = connect_message(schemas)
    messages["connect_error"] = connect_error_message(schemas)
    for name, action in (("connect", "receive"), ("connect_error", "send")):
        operations[name] = operation(action, name, messages[name]["summary"])
    components = dict(sorted(schemas.components.items()))
    add_examples(components)
    for message in messages.values():
        payload = example_of(message["payload"], components)
        message.setdefault("examples", [{"name": message["name"], "payload": payload}])
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "ChatFlow",
            "version": version(),
            "description": ABOUT_SOCKET,
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "installation": {
                "host": "{host}",
                "protocol": "wss",
                "pathname": "/socket.io/",
                "description": "Socket.IO 5 over Engine.IO 4; `wss` or `ws`, or polling by HTTP. "
                f"A ping comes every {PING_INTERVAL_SECONDS:g} s, to be answered within {PING_TIMEOUT_SECONDS:g} s. "
                f"A payload has at most {MAX_PAYLOAD_BYTES // 1024} KiB.",
                "variables": {"host": {"default": "localhost:8080", "description": "Where the installation is."}},
                "security": [{"$ref": "#/components/securitySchemes/access_token"}],
            }
        },
        "channels": {
            "socket": {
                "address": "/",
                "title": "The main namespace of Socket.IO",
                "description": "There is no other.",
                "servers": [{"$ref": "#/servers/installation"}],
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
            }
        },
        "operations": dict(sorted(operations.items())),
        "components": {
            "schemas": components,
            "messages": dict(sorted(messages.items())),
            "securitySchemes": {
                "access_token": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "The access token, in the handshake's `auth` as `token`, and never in the address.",
                }
            },
        },
    }


def events_of_clients() -> dict[str, type[msgspec.Struct]]:
    """Return the struct of each event that a client may send on the socket."""
    named = [*vars(commands).values(), *vars(queries).values()]
    kinds = [kind for kind in named if is_struct(kind) and kind.__struct_config__.tag is not None]
    return {str(kind.__struct_config__.tag): kind for kind in kinds if kind not in NOT_BY_SOCKET}


def add_command(
    name: str,
    kind: type[msgspec.Struct],
    *,
    schemas: Schemas,
    messages: dict[str, Any],
    operations: dict[str, Any],
) -> None:
    key = key_of(name)
    summary = sentence_of(kind) or f"`{name}`."
    payload = schemas.sent(kind, name=kind.__name__, tagged=False)
    counted = RATE_LIMIT_CLASSES.get(name, SIGNALS)
    messages[key] = {
        "name": name,
        "title": name,
        "summary": summary,
        "description": f"Counts among `{counted}` of `ready.limits.rates`. Answered within {ANSWER_SECONDS:g} s.",
        "payload": payload,
        "tags": [{"name": name.partition(":")[0]}],
    }
    ack = f"{key}_ack"
    messages[ack] = {
        "name": f"{name} ack",
        "title": f"The ack of {name}",
        "summary": sentence_of(REPLIES.get(name, SeqReply)) or "Done.",
        "payload": ack_schema(name, schemas),
        "tags": [{"name": name.partition(":")[0]}],
    }
    operations[key] = {
        **operation("receive", key, summary),
        "reply": {"channel": CHANNEL, "messages": [{"$ref": f"#/channels/socket/messages/{ack}"}]},
    }


def ack_schema(name: str, schemas: Schemas) -> Schema:
    reply = schemas.answered(REPLIES.get(name, SeqReply))
    done = {"allOf": [{"type": "object", "properties": {"ok": {"const": True}}, "required": ["ok"]}, reply]}
    return schemas.add(
        f"{pascal(name)}Ack", {"title": f"{pascal(name)}Ack", "anyOf": [done, refused(REFUSALS[name], schemas)]}
    )


def refused(codes: tuple[str, ...], schemas: Schemas) -> Schema:
    in_order = [code for code in ERRORS if code in codes]
    error = {"allOf": [schemas.answered(ErrorBody), {"properties": {"code": {"enum": in_order}}}]}
    return {"type": "object", "properties": {"ok": {"const": False}, "error": error}, "required": ["ok", "error"]}


def add_told(name: str, kind: Any, *, schemas: Schemas, messages: dict[str, Any], operations: dict[str, Any]) -> None:
    key = key_of(name)
    summary = sentence_of(kind) if is_struct(kind) else "An event of a room's log, in order and without gaps per room."
    payload = schemas.answered(kind)
    messages[key] = {
        "name": name,
        "title": name,
        "summary": summary,
        "payload": payload,
        "tags": [{"name": "told"}],
    }
    operations[key] = operation("send", key, summary)


def connect_message(schemas: Schemas) -> dict[str, Any]:
    token, _ = schemas.properties(queries.RefreshAuth, sent=True)["token"]
    payload = {"title": "Auth", "type": "object", "properties": {"token": token}, "required": ["token"]}
    return {
        "name": "connect",
        "title": "The handshake's auth",
        "summary": "Signs the socket in. `ready` follows, or a `connect_error`.",
        "payload": schemas.add("Auth", payload, sent=True),
        "tags": [{"name": "connection"}],
    }


def connect_error_message(schemas: Schemas) -> dict[str, Any]:
    codes = ["unauthenticated", "token_expired", "unavailable"]
    error = {"allOf": [schemas.answered(ErrorBody), {"properties": {"code": {"enum": codes}}}]}
    payload: Schema = {
        "title": "ConnectError",
        "type": "object",
        "properties": {"message": {"enum": codes}, "data": error},
        "required": ["message", "data"],
        "examples": [{"message": code, "data": error_example(code)} for code in codes],
    }
    return {
        "name": "connect_error",
        "title": "The handshake was refused",
        "summary": "`message` is the code, `data` the error object.",
        "payload": schemas.add("ConnectError", payload),
        "tags": [{"name": "connection"}],
        "examples": [{"name": example["message"], "payload": example} for example in payload["examples"]],
    }


def operation(action: str, key: str, summary: str) -> dict[str, Any]:
    messages = [{"$ref": f"#/channels/socket/messages/{key}"}]
    return {"action": action, "channel": CHANNEL, "summary": summary, "messages": messages}


def key_of(name: str) -> str:
    return name.replace(":", "_")


def sentence_of(kind: type) -> str:
    text = " ".join((kind.__doc__ or "").split())
    return "" if text.startswith(f"{kind.__name__}(") else text
