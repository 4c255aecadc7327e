"""The worker that opens the client without the server is always asked for anew, and may load files and nothing else."""

from pathlib import Path

import aiohttp
from aiohttp import web

from gateway.web.listeners import listen
from gateway.web.pages import Pages
from gateway.web.security_headers import add_security_headers


async def test_the_worker_is_fresh_and_may_load_the_pages_files(tmp_path: Path) -> None:
    (tmp_path / "service-worker.js").write_text("1")
    (tmp_path / "manifest.webmanifest").write_text("{}")
    app = web.Application()
    app.on_response_prepare.append(add_security_headers)
    app.router.add_get("/{path:.*}", Pages(tmp_path).serve)
    runner, port = await listen(app, host="127.0.0.1", port=0)
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as browser:
            async with browser.get("/service-worker.js") as response:
                assert response.content_type in ("text/javascript", "application/javascript")
                assert response.headers["Cache-Control"] == "no-cache"
                policy = response.headers["Content-Security-Policy"]
                assert policy == "default-src 'none'; connect-src 'self'; frame-ancestors 'none'"
            async with browser.get("/manifest.webmanifest") as response:
                assert response.content_type == "application/manifest+json"
                assert response.headers["Cache-Control"] == "no-cache"
    finally:
        await runner.cleanup()
