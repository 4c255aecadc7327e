"""The peer in Python: stock python-socketio on aiohttp and uvloop, with its Redis manager; on PORT, with REDIS_URL."""

import os
from datetime import UTC, datetime
from typing import Any

import socketio
import uvloop
from aiohttp import web

sio = socketio.AsyncServer(async_mode="aiohttp", client_manager=socketio.AsyncRedisManager(os.environ["REDIS_URL"]))


async def connect(sid: str, _: dict[str, Any], auth: dict[str, str]) -> None:
    await sio.enter_room(sid, auth["room"])
    # In a task: what a connect handler emits itself leaves before the client is told that it is connected.
    sio.start_background_task(sio.emit, "ready", {}, to=sid)


async def ping(_: str, __: dict[str, Any]) -> dict[str, Any]:
    return {"ok": True, "at": datetime.now(UTC).isoformat()}


async def health(_: web.Request) -> web.Response:
    return web.Response(text="ok")


def main() -> None:
    sio.on("connect", connect)
    sio.on("ping:app", ping)
    app = web.Application()
    app.router.add_get("/", health)
    sio.attach(app)
    web.run_app(
        app, host="127.0.0.1", port=int(os.environ["PORT"]), loop=uvloop.new_event_loop(), print=None, backlog=4096
    )


if __name__ == "__main__":
    main()
