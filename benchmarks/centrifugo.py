"""Centrifugo as a contestant, where one is installed: its own protocol in JSON, its Redis engine, no history."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks import templates
from benchmarks.bench import Bench
from benchmarks.build import Missing
from benchmarks.contestants import Contestant, Crowd, open_peer
from benchmarks.processes import LOCALHOST, Redis
from benchmarks.publishing import fan_out
from benchmarks.seeding import World

PATH = "/connection/websocket"
READY = '"subscribe":'
PORT = "CENTRIFUGO_HTTP_SERVER_PORT"
# What stands for the end of a line within a line of the plan; see programs/crowd.h.
LINE_END = "\v"


@contextmanager
def open_centrifugo(bench: Bench, redis: Redis) -> Iterator[Contestant]:
    """Run the one on the PATH; one that does not take part in a trial is left out rather than spoiling the rest."""
    binary = shutil.which("centrifugo")
    if binary is None:
        raise Missing("no `centrifugo` on the PATH")
    config = bench.folder / "centrifugo.json"
    config.touch(mode=0o600)
    config.write_text(json.dumps(configuration(redis)))
    template = lambda room_id, size: templates.centrifugo(room_id, size=size)  # noqa: E731
    try:
        with open_peer(bench, "centrifugo", [binary, "--config", str(config)], redis, port_setting=PORT) as (port, pid):
            contestant = Contestant("Centrifugo", port, pid, hello, template, {"path": PATH, "ready": READY})
            world = World(2)
            room_id = world.add_room(range(2))
            fan_out(bench, contestant, Crowd([room_id] * 2, world), redis, outstanding=1, seconds=0.5)
    except RuntimeError as failure:
        raise Missing(f"`centrifugo` did not take part in a trial: {failure}") from None
    with open_peer(bench, "centrifugo", [binary, "--config", str(config)], redis, port_setting=PORT) as (port, pid):
        yield Contestant("Centrifugo", port, pid, hello, template, {"path": PATH, "ready": READY})


def configuration(redis: Redis) -> dict[str, object]:
    """What version 6 calls these things."""
    return {
        "http_server": {"address": LOCALHOST},
        "log": {"level": "error"},
        "client": {"insecure": True, "allowed_origins": ["*"]},
        "channel": {"without_namespace": {"allow_subscribe_for_client": True, "allow_subscribe_for_anonymous": True}},
        "engine": {"type": "redis", "redis": {"address": redis.url}},
    }


def hello(crowd: Crowd, number: int) -> str:
    subscribe = {"id": 2, "subscribe": {"channel": crowd.rooms[number]}}
    return LINE_END.join([json.dumps({"id": 1, "connect": {}}), json.dumps(subscribe)])
