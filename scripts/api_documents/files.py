"""Which files are made, and whether they are as the code says."""

import json
from pathlib import Path
from typing import Any

from scripts.api_documents.asyncapi import asyncapi_document
from scripts.api_documents.openapi import openapi_document
from scripts.api_documents.page import page
from scripts.api_documents.typescript import typescript

ROOT = Path(__file__).parents[2]
API = ROOT / "docs" / "api"


def made() -> dict[Path, str]:
    """Return the text of every file that is made out of the code."""
    openapi, asyncapi = openapi_document(), asyncapi_document()
    return {
        API / "openapi.json": json_text(openapi),
        API / "asyncapi.json": json_text(asyncapi),
        API / "page.html": page(openapi, asyncapi),
        ROOT / "chat_ui" / "src" / "lib" / "protocol.ts": typescript(openapi, asyncapi),
    }


def write() -> None:
    for path, text in made().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def stale() -> list[str]:
    """Return the names of those that differ from what would be made."""
    return [
        str(path.relative_to(ROOT)) for path, text in made().items() if not path.is_file() or path.read_text() != text
    ]


def json_text(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"
