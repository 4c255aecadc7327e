"""Serves the documents of the API and the page that shows them, from files that are packed with the program."""

from pathlib import Path

import msgspec
from aiohttp import web

from chatflow.errors import NotFound
from chatflow.http.documented import documented

# In a wheel they are beside this file, in a checkout where they are made.
PACKED = Path(__file__).with_name("api_documents")
MADE = Path(__file__).parents[2] / "docs" / "api"
# A browser keeps them, and asks each time whether they are still the same.
FRESH = {"Cache-Control": "no-cache"}


class AnyDocument(msgspec.Struct, frozen=True):
    """A document in a format of its own."""


class Documents:
    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or (PACKED if PACKED.is_dir() else MADE)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/schema/openapi.json", self.show_openapi),
            web.get("/api/schema/asyncapi.json", self.show_asyncapi),
            web.get("/api/docs", self.show_page),
            web.get("/api/docs/page.css", self.show_style),
        ]

    @documented(
        "show_openapi", "The REST side, as OpenAPI 3.1.", tag="system", asker="anybody", answers={200: AnyDocument}
    )
    async def show_openapi(self, request: web.Request) -> web.StreamResponse:
        return self._file("openapi.json")

    @documented(
        "show_asyncapi", "The socket, as AsyncAPI 3.0.", tag="system", asker="anybody", answers={200: AnyDocument}
    )
    async def show_asyncapi(self, request: web.Request) -> web.StreamResponse:
        return self._file("asyncapi.json")

    @documented("show_page", "Both, as a page for people.", tag="system", asker="anybody", answers={200: "text/html"})
    async def show_page(self, request: web.Request) -> web.StreamResponse:
        return self._file("page.html")

    @documented("show_style", "How that page looks.", tag="system", asker="anybody", answers={200: "text/css"})
    async def show_style(self, request: web.Request) -> web.StreamResponse:
        return self._file("page.css")

    def _file(self, name: str) -> web.StreamResponse:
        path = self._folder / name
        if not path.is_file():
            raise NotFound
        return web.FileResponse(path, headers=FRESH)
