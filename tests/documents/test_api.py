"""The documents of the API are those of this code, keep their own formats' rules, and their examples keep theirs."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import drf_spectacular
import jsonschema
import pytest

from scripts.api_documents.files import API, stale
from tests.security.routes import events, routes

DOCUMENTS = ("openapi", "asyncapi")
OPENAPI_RULES = Path(drf_spectacular.__file__).parent / "validation" / "openapi_3_1_schema.json"


def read(name: str) -> Any:
    return json.loads((API / f"{name}.json").read_text())


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def found(document: Any, reference: str) -> Any:
    for part in reference.removeprefix("#/").split("/"):
        document = document[part]
    return document


def wrongs(schema: Any, value: Any, *, of: Any) -> list[str]:
    whole = {"components": of["components"], **schema}
    validator = jsonschema.Draft202012Validator(whole, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)
    return [f"{wrong.json_path}: {wrong.message}" for wrong in validator.iter_errors(value)]


def test_the_documents_say_what_the_code_says() -> None:
    assert stale() == [], "run `make api`"


def test_the_document_of_rest_keeps_the_rules_of_openapi() -> None:
    rules = jsonschema.Draft202012Validator(json.loads(OPENAPI_RULES.read_text()))

    assert [wrong.message for wrong in rules.iter_errors(read("openapi"))] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_reference_leads_somewhere_and_every_component_is_used(name: str) -> None:
    document = read(name)
    named = set(references(document))
    schemas = {f"#/components/schemas/{schema}" for schema in document["components"]["schemas"]}

    assert all(found(document, reference) for reference in named)
    assert schemas - named == set()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_example_is_one(name: str) -> None:
    document = read(name)
    schemas = document["components"]["schemas"]
    messages = document["components"].get("messages", {})
    examples = [(key, schema, value) for key, schema in schemas.items() for value in schema.get("examples", [])]
    examples += [
        (key, message["payload"], example["payload"])
        for key, message in messages.items()
        for example in message["examples"]
    ]

    assert len(examples) > 60
    assert {
        key: wrongs(schema, value, of=document) for key, schema, value in examples if wrongs(schema, value, of=document)
    } == {}


def test_every_public_route_and_every_event_is_described() -> None:
    described = {f"{method.upper()} {path}" for path, methods in read("openapi")["paths"].items() for method in methods}
    told = {message["name"] for message in read("asyncapi")["components"]["messages"].values()}
    public = {route for route in routes() if route.split()[1].startswith("/api/")}

    assert public - described == set()
    assert events() - told == {"room:trim", "invite:create", "invite:revoke"}


def test_every_operation_says_what_it_is_and_how_it_fails() -> None:
    operations = [operation for methods in read("openapi")["paths"].values() for operation in methods.values()]

    for operation in operations:
        statuses = set(operation["responses"])
        assert operation["summary"].endswith("."), operation["operationId"]
        assert {"400", "429", "500", "503", "504"} <= statuses, operation["operationId"]
        assert ("401" in statuses) >= ({"access_token": []} in operation["security"]), operation["operationId"]
