"""The documents of the API are there for everybody, are kept by browsers, and need nothing that our policy forbids."""

import json
import tomllib
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from chatflow.http.answers import answer_errors
from gateway.web.documents import MADE, PACKED, Documents
from gateway.web.listeners import listen
from gateway.web.security_headers import PAGE_POLICY, add_security_headers

PATHS = ["/api/schema/openapi.json", "/api/schema/asyncapi.json", "/api/docs", "/api/docs/page.css"]


async def serving(documents: Documents) -> AsyncIterator[aiohttp.ClientSession]:
    app = web.Application(middlewares=[answer_errors])
    app.on_response_prepare.append(add_security_headers)
    app.add_routes(documents.routes())
    runner, port = await listen(app, host="127.0.0.1", port=0)
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as browser:
        yield browser
    await runner.cleanup()


@pytest.fixture
async def browser() -> AsyncIterator[aiohttp.ClientSession]:
    async for session in serving(Documents(MADE)):
        yield session


@pytest.fixture
async def empty(tmp_path: Path) -> AsyncIterator[aiohttp.ClientSession]:
    async for session in serving(Documents(tmp_path)):
        yield session


async def test_the_documents_are_what_stands_in_the_folder(browser: aiohttp.ClientSession) -> None:
    for name, field in (("openapi", "3.1.1"), ("asyncapi", "3.0.0")):
        async with browser.get(f"/api/schema/{name}.json") as response:
            assert response.status == 200
            assert response.content_type == "application/json"
            document = await response.json()
        assert document[name] == field
        assert document == json.loads((MADE / f"{name}.json").read_text())


@pytest.mark.parametrize("path", PATHS)
async def test_who_has_it_already_does_not_get_it_again(browser: aiohttp.ClientSession, path: str) -> None:
    async with browser.get(path) as response:
        assert response.headers["Cache-Control"] == "no-cache"
        tag = response.headers["ETag"]
    async with browser.get(path, headers={"If-None-Match": tag}) as response:
        assert (response.status, await response.read()) == (304, b"")


async def test_the_page_keeps_the_policy_of_all_pages(browser: aiohttp.ClientSession) -> None:
    async with browser.get("/api/docs") as response:
        assert response.headers["Content-Security-Policy"] == PAGE_POLICY
        page = await response.text()

    assert "<script" not in page
    assert "<style" not in page
    assert " style=" not in page
    assert 'href="/api/docs/page.css"' in page


def test_a_wheel_has_them_where_they_are_looked_for() -> None:
    root = MADE.parents[1]
    packed = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]

    assert {root / target for target in packed["force-include"].values()} == {
        PACKED / name for name in ("openapi.json", "asyncapi.json", "page.html", "page.css")
    }
    assert all((root / source).is_file() for source in packed["force-include"])


@pytest.mark.parametrize("path", PATHS)
async def test_without_the_files_there_is_no_such_thing(empty: aiohttp.ClientSession, path: str) -> None:
    async with empty.get(path) as response:
        assert response.status == 404
        assert (await response.json())["error"]["code"] == "not_found"
