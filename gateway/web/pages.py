"""Serves the browser client: hashed files are cached for a year, the page never, and every client route is the page."""

from pathlib import Path

from aiohttp import web

from chatflow.errors import NotFound

YEAR = "public, max-age=31536000, immutable"
FRESH = "no-cache"
# A worker's policy comes with its file: it loads the page's files again, and runs nothing.
WORKER = "service-worker.js"
WORKER_POLICY = "default-src 'none'; connect-src 'self'; frame-ancestors 'none'"

NOT_BUILT = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>ChatFlow</title>
<h1>ChatFlow is running</h1>
<p>The browser client is not built yet. Build it with <code>make ui</code>, then load this page again.</p>
</html>
"""


class Pages:
    def __init__(self, ui_dir: Path) -> None:
        self._root = ui_dir.resolve()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"]
        file = self._find(path)
        if file is not None:
            # The build names files under assets/ after their content.
            headers = {"Cache-Control": YEAR if path.startswith("assets/") else FRESH}
            if path == WORKER:
                headers["Content-Security-Policy"] = WORKER_POLICY
            return web.FileResponse(file, headers=headers)
        if path.startswith(("api/", "internal/", "assets/", "socket.io")) or path in ("api", "internal", "metrics"):
            raise NotFound
        index = self._root / "index.html"
        if not index.is_file():
            return web.Response(text=NOT_BUILT, content_type="text/html", headers={"Cache-Control": FRESH})
        return web.FileResponse(index, headers={"Cache-Control": FRESH})

    def _find(self, path: str) -> Path | None:
        """Return the client's file at this path, or None."""
        try:
            file = (self._root / path).resolve()
            return file if path and file.is_relative_to(self._root) and file.is_file() else None
        except (OSError, ValueError):
            return None  # a NUL in the name or too long a name: there can be no such file
