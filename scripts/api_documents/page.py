"""The page for people: both documents as plain HTML, which needs no script and brings no style of its own inline."""

import itertools
import json
import re
from collections.abc import Iterable
from html import escape
from typing import Any

CODE = re.compile(r"`([^`]+)`")
LIMITS = {
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minimum": "from {}",
    "maximum": "to {}",
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
    "maxProperties": "at most {} entries",
    "pattern": "matches `{}`",
    "default": "`{}` where left out",
}
Schema = dict[str, Any]


def page(openapi: dict[str, Any], asyncapi: dict[str, Any]) -> str:
    """Return the whole page."""
    schemas = dict(sorted({**asyncapi["components"]["schemas"], **openapi["components"]["schemas"]}.items()))
    messages = asyncapi["components"]["messages"]
    sent = {key: operation for key, operation in asyncapi["operations"].items() if "reply" in operation}
    told = [key for key, operation in asyncapi["operations"].items() if operation["action"] == "send"]
    parts = [
        *rest_parts(openapi),
        section("socket", "Socket", prose(asyncapi["info"]["description"]) + message(messages["connect"], "connect")),
        section("sent", "What a client sends", "".join(command(key, messages) for key in sent)),
        section("told", "What the server says", "".join(message(messages[key], key) for key in told)),
        section("schemas", "Schemas", "".join(component(name, schema) for name, schema in schemas.items())),
    ]
    groups = [
        *((f"tag-{tag['name']}", f"REST: {tag['name']}", rest_links(openapi, tag["name"])) for tag in openapi["tags"]),
        ("sent", "Socket: sent", [(key, messages[key]["name"]) for key in sent]),
        ("told", "Socket: told", [(key, messages[key]["name"]) for key in told]),
        ("schemas", "Schemas", [(f"schema-{name}", name) for name in schemas]),
    ]
    contents = "".join(contents_of(*group) for group in groups)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>The API of ChatFlow {escape(openapi["info"]["version"])}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/api/docs/page.css">
</head>
<body>
<header>
<h1>The API of ChatFlow <small>{escape(openapi["info"]["version"])}</small></h1>
<p>For machines: <a href="/api/schema/openapi.json">OpenAPI 3.1</a> and
<a href="/api/schema/asyncapi.json">AsyncAPI 3.0</a>. Made out of the code; do not edit.</p>
</header>
<nav aria-label="Contents">{contents}</nav>
<main>
{"".join(parts)}</main>
</body>
</html>
"""


def rest_parts(openapi: dict[str, Any]) -> Iterable[str]:
    yield section("rest", "REST", prose(openapi["info"]["description"]))
    for tag in openapi["tags"]:
        operations = "".join(
            operation(method, path, described)
            for path, methods in openapi["paths"].items()
            for method, described in methods.items()
            if tag["name"] in described["tags"]
        )
        yield section(f"tag-{tag['name']}", f"REST: {tag['name']}", prose(tag["description"]) + operations)


def rest_links(openapi: dict[str, Any], tag: str) -> list[tuple[str, str]]:
    return [
        (described["operationId"], f"{method.upper()} {path}")
        for path, methods in openapi["paths"].items()
        for method, described in methods.items()
        if tag in described["tags"]
    ]


def contents_of(key: str, title: str, links: list[tuple[str, str]]) -> str:
    items = "".join(f'<li><a href="#{escape(target)}">{escape(text)}</a></li>' for target, text in links)
    return f'<details><summary><a href="#{key}">{escape(title)}</a></summary><ul>{items}</ul></details>\n'


def section(key: str, title: str, content: str) -> str:
    return f'<section id="{key}"><h2>{escape(title)}</h2>\n{content}</section>\n'


def operation(method: str, path: str, described: dict[str, Any]) -> str:
    head = f'<span class="method">{method.upper()}</span> <code>{escape(path)}</code>'
    asker = {"[{'access_token': []}]": "For whoever is signed in.", "[{}]": "For anybody."}
    who = asker.get(str(described["security"]), "For whoever shows a token of the session.")
    content = f"<p>{inline(described['summary'])} {who}</p>"
    if parameters := described.get("parameters"):
        content += table(("Parameter", "Where", "What"), map(parameter_row, parameters))
    if body := described.get("requestBody"):
        needed = "" if body["required"] else ", which may be left out"
        content += f"<p>Body{needed}: {kind_of(body['content']['application/json']['schema'])}</p>"
    content += table(("Answer", "Body"), itertools.starmap(answer_row, described["responses"].items()))
    return article(described["operationId"], head, content)


def parameter_row(parameter: dict[str, Any]) -> tuple[str, str, str]:
    needed = "" if parameter["required"] else ", may be left out"
    return f"<code>{escape(parameter['name'])}</code>", f"{parameter['in']}{needed}", kind_of(parameter["schema"])


def answer_row(status: str, answer: dict[str, Any]) -> tuple[str, str]:
    if "$ref" in answer:
        codes = answer["$ref"].rpartition("/")[2].split("-")[1:]
        return status, f"error {', '.join(f'<code>{code}</code>' for code in codes)}"
    kinds = [
        kind_of(content["schema"]) if media == "application/json" else escape(media)
        for media, content in answer.get("content", {}).items()
    ]
    return status, ", ".join(kinds) or "nothing"


def command(key: str, messages: dict[str, Any]) -> str:
    sent, ack = messages[key], messages[f"{key}_ack"]
    return article(
        key,
        f"<code>{escape(sent['name'])}</code>",
        f"<p>{inline(sent['summary'])} {inline(sent['description'])}</p>"
        f"<p>Payload: {kind_of(sent['payload'])}. Ack: {kind_of(ack['payload'])}</p>"
        f"<pre>{escape(json.dumps(sent['examples'][0]['payload'], ensure_ascii=False))}</pre>",
    )


def message(described: dict[str, Any], key: str) -> str:
    content = f"<p>{inline(described['summary'])}</p><p>Payload: {kind_of(described['payload'])}</p>"
    return article(key, f"<code>{escape(described['name'])}</code>", content)


def component(name: str, schema: Schema) -> str:
    content = prose(schema["description"]) if "description" in schema else ""
    if "properties" in schema:
        needed = schema.get("required", [])
        rows = [
            (f"<code>{escape(key)}</code>", "" if key in needed else "may be missing", kind_of(value))
            for key, value in schema["properties"].items()
        ]
        content += table(("Field", "", "What"), rows)
    else:
        content += f"<p>{kind_of(schema)}</p>"
    return article(f"schema-{name}", escape(name), content)


def kind_of(schema: Schema) -> str:
    """Say in a line what a value is."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f'<a href="#schema-{name}">{escape(name)}</a>'
    if "anyOf" in schema:
        said = " or ".join(dict.fromkeys(map(kind_of, schema["anyOf"])))
    elif "allOf" in schema:
        said = " with ".join(map(kind_of, schema["allOf"]))
    elif "const" in schema:
        said = f"<code>{escape(str(schema['const']))}</code>"
    elif "enum" in schema:
        said = " | ".join(f"<code>{escape(str(value))}</code>" for value in schema["enum"])
    else:
        said = plain_kind(schema)
    is_id = schema.get("format") == "uuid"
    limits = [
        inline(text.format(schema[key])) for key, text in LIMITS.items() if schema.get(key) is not None and not is_id
    ]
    about = f". {inline(schema['description'])}" if "description" in schema and "properties" not in schema else ""
    return ", ".join([said, *limits]) + about


def plain_kind(schema: Schema) -> str:
    kinds = schema.get("type", "anything")
    name = " or ".join([kinds] if isinstance(kinds, str) else kinds)
    if "properties" in schema:
        fields = (f"{escape(key)}: {kind_of(value)}" for key, value in schema["properties"].items())
        return f"{{{', '.join(fields)}}}"
    if kinds == "array":
        return f"list of {kind_of(schema['items'])}"
    if kinds == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"object of {kind_of(schema['additionalProperties'])}"
    return f"{name} ({schema['format']})" if "format" in schema else name


def article(key: str, head: str, content: str) -> str:
    return f'<article id="{escape(key)}"><h3><a href="#{escape(key)}">{head}</a></h3>{content}</article>\n'


def table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    head = "".join(f'<th scope="col">{text}</th>' for text in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def prose(text: str) -> str:
    """Turn paragraphs and lists into HTML; these texts use nothing else of Markdown but code."""
    blocks = []
    for block in text.strip().split("\n\n"):
        if block.startswith("- "):
            items = block.removeprefix("- ").split("\n- ")
            blocks.append(f"<ul>{''.join(f'<li>{inline(item)}</li>' for item in items)}</ul>")
        else:
            blocks.append(f"<p>{inline(block)}</p>")
    return "".join(blocks)


def inline(text: str) -> str:
    return CODE.sub(r"<code>\1</code>", escape(text))
