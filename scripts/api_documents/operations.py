"""OpenAPI's object of one operation, from what is noted beside its handler; the same for every service."""

import re
from collections.abc import Iterable
from typing import Any, get_args

from chatflow.errors import ERRORS, ErrorBody
from chatflow.http.documented import Operation
from scripts.api_documents.examples import error_example
from scripts.api_documents.schemas import Schema, Schemas, without_null, worded

JSON = "application/json"
NAMES_IN_PATH = re.compile(r"{(\w+)}")

# What any request can meet on its way.
EVERYWHERE = ("invalid", "rate_limited", "internal", "unavailable", "timeout")
WITH_TOKEN = ("unauthenticated", "token_expired")
# The codes keep to the table; HTTP has words of its own for these.
WRONG_TYPE, WRONG_HOST = 415, 421

SECURITY: dict[str, list[dict[str, list[str]]]] = {
    "person": [{"access_token": []}],
    "session": [{}, {"access_token": []}, {"refresh_cookie": []}],
    "anybody": [{}],
}
SECURITY_SCHEMES = {
    "access_token": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "The `access` of whoever registered, signed in or refreshed.",
    },
    "refresh_cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": "chatflow_refresh",
        "description": "The refresh token of browsers. It counts only with `X-ChatFlow: 1` and an allowed Origin.",
    },
}
HEADERS = {
    "request_id": {
        "description": "The request's id, also in our logs.",
        "required": True,
        "schema": {"type": "string"},
    },
    "retry_after": {"description": "Seconds.", "required": True, "schema": {"type": "integer", "minimum": 1}},
    "sign_in": {"description": "`Bearer`.", "required": True, "schema": {"type": "string"}},
}


def operation_object(operation: Operation, *, path: str, schemas: Schemas, body: Schema | None) -> dict[str, Any]:
    """Return the whole object; `body` is the schema of a body whose type is no struct."""
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "tags": [operation.tag],
        "security": SECURITY[operation.asker],
    }
    if parameters := [*path_parameters(path), *query_parameters(operation, schemas), *headers(operation, schemas)]:
        described["parameters"] = parameters
    if operation.body is not None:
        name = "".join(word.title() for word in operation.name.split("_")) + "Body"
        schema = body or schemas.sent(operation.body, without=operation.body_without, name=name, tagged=False)
        described["requestBody"] = {"required": operation.is_body_required, "content": {JSON: {"schema": schema}}}
    described["responses"] = dict(sorted(responses(operation, path=path, schemas=schemas).items()))
    return described


def path_parameters(path: str) -> list[dict[str, Any]]:
    schema = {"type": "string", "format": "uuid", "minLength": 36, "maxLength": 36}
    return [{"name": name, "in": "path", "required": True, "schema": schema} for name in NAMES_IN_PATH.findall(path)]


def query_parameters(operation: Operation, schemas: Schemas) -> list[dict[str, Any]]:
    if operation.query is None:
        return []
    return [
        # A parameter cannot be null, it can only be left out.
        {"name": name, "in": "query", "required": is_needed, "schema": without_null(schema)}
        for name, (schema, is_needed) in schemas.properties(operation.query, sent=True).items()
    ]


def headers(operation: Operation, schemas: Schemas) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "header",
            "required": type(None) not in get_args(kind),
            "schema": without_null(
                worded("cid", schemas.sent(kind)) if name == "Idempotency-Key" else schemas.sent(kind)
            ),
        }
        for name, kind in operation.headers.items()
    ]


def responses(operation: Operation, *, path: str, schemas: Schemas) -> dict[str, Any]:
    found = {}
    for status, kind in operation.answers.items():
        answer: dict[str, Any] = {"description": "Done.", "headers": headers_of(status)}
        if isinstance(kind, str):
            # A file of this type.
            answer["content"] = {kind: {"schema": {"type": "string"}}}
        elif kind is not None:
            answer["content"] = {JSON: {"schema": schemas.answered(kind)}}
        if operation.links and status < 300:
            answer["links"] = {name: link(name, parts) for name, parts in operation.links.items()}
        found[str(status)] = answer
    for status, codes in sorted(codes_by_status(operation, path=path).items()):
        found.setdefault(str(status), error_response(status, codes, schemas))
    return found


def link(name: str, parts: Any) -> dict[str, Any]:
    parameters = {
        parameter: part if part.startswith("$") else f"$response.body#{part}" for parameter, part in parts.items()
    }
    return {"operationId": name, "parameters": parameters}


def codes_by_status(operation: Operation, *, path: str) -> dict[int, list[str]]:
    codes = {*EVERYWHERE, *operation.errors}
    if operation.asker == "person":
        codes |= set(WITH_TOKEN)
    if NAMES_IN_PATH.search(path):
        codes.add("not_found")
    found: dict[int, list[str]] = {WRONG_HOST: ["invalid"]}
    if operation.body is not None:
        codes.add("too_large")
        found[WRONG_TYPE] = ["invalid"]
    for code in ERRORS:
        if code in codes:
            found.setdefault(ERRORS[code].status, []).append(code)
    return found


def error_response(status: int, codes: Iterable[str], schemas: Schemas) -> dict[str, Any]:
    codes = list(codes)
    name = f"{status}-{'-'.join(codes)}"
    narrowed = {"properties": {"code": {"enum": codes}}}
    schema = {
        "type": "object",
        "properties": {"error": {"allOf": [schemas.answered(ErrorBody), narrowed]}},
        "required": ["error"],
    }
    examples = {code: {"value": {"error": error_example(code)}} for code in codes}
    schemas.responses[name] = {
        "description": " ".join(ERRORS[code].default_message for code in codes),
        "headers": headers_of(status),
        "content": {JSON: {"schema": schema, "examples": examples}},
    }
    return {"$ref": f"#/components/responses/{name}"}


def headers_of(status: int) -> dict[str, Any]:
    names = {"X-Request-Id": "request_id"}
    if status == ERRORS["rate_limited"].status:
        names["Retry-After"] = "retry_after"
    if status == ERRORS["unauthenticated"].status:
        names["WWW-Authenticate"] = "sign_in"
    return {name: {"$ref": f"#/components/headers/{key}"} for name, key in names.items()}
