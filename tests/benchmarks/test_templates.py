"""A prepared message is what the server's own publishers would have sent, once the numbers are written into it."""

import json
import struct
from typing import Any

import msgspec
import pytest

from benchmarks import templates
from benchmarks.templates import AS_U32, OF_ROOM, Template
from chatflow.wire.bus import Publication

ROOM = "01900000-0000-7000-8000-000000000001"


def written(template: Template, *, of_room: int, of_all: int) -> bytes:
    """Fill the numbers in as programs/publisher.h does, and return the payload."""
    content = template.to_bytes()
    length, patch_count = struct.unpack_from("II", content)
    command = bytearray(content[8 + 12 * patch_count :])
    assert len(command) == length
    for number in range(patch_count):
        offset, kind, first = struct.unpack_from("III", content, 8 + 12 * number)
        value = first + (of_room if kind & OF_ROOM else of_all)
        place = value.to_bytes(4, "big") if kind & AS_U32 else b"%10d" % value
        command[offset : offset + len(place)] = place
    words = bytes(command).split(b"\r\n", 6)
    assert words[2] == b"PUBLISH"
    assert words[4] == template.channel.encode()
    return words[6][: int(words[5][1:])]


def is_whole(event: dict[str, Any]) -> bool:
    return (event["type"], event["room_id"], event["seq"]) == ("message.created", ROOM, 7) and "@        25 " in event[
        "text"
    ]


def test_ours_is_a_workers_publication_of_one_event() -> None:
    template = templates.chatflow(ROOM, size=300, worker_id="w1", epoch="e1")

    publication = msgspec.msgpack.decode(written(template, of_room=5, of_all=25), type=Publication)

    [event] = publication.events
    assert template.channel == "events.w1"
    assert (publication.epoch, publication.counter, publication.heartbeat) == ("e1", 26, False)
    assert (event.room_id, event.seq, event.type) == (ROOM, 7, "message.created")
    assert is_whole(json.loads(event.packet[2:])[1])


def test_nodes_is_a_packet_of_its_redis_adapter() -> None:
    payload = written(templates.node(ROOM, size=300), of_room=5, of_all=25)

    _, packet, options = msgspec.msgpack.decode(payload)

    assert (packet["type"], packet["nsp"], options["rooms"]) == (2, "/", [ROOM])
    assert is_whole(packet["data"][1])


def test_stocks_is_an_emit_of_its_manager() -> None:
    message = json.loads(written(templates.stock(ROOM, size=300), of_room=5, of_all=25))

    assert (message["method"], message["room"]) == ("emit", ROOM)
    assert is_whole(message["data"][0])


def test_centrifugos_is_a_publication_in_protobuf() -> None:
    template = templates.centrifugo(ROOM, size=300)

    payload = written(template, of_room=5, of_all=25)

    assert template.channel == f"centrifugo.client.{ROOM}"
    field, low, high = payload[:3]
    assert (field, (low & 127) + (high << 7)) == (4 << 3 | 2, len(payload) - 3)
    assert is_whole(json.loads(payload[3:]))


def test_the_floor_passes_on_the_packet_itself() -> None:
    packet = written(templates.floor(ROOM, size=300), of_room=5, of_all=25)

    assert packet.startswith(b'42["event",')
    assert is_whole(json.loads(packet[2:])[1])


@pytest.mark.parametrize("size", [150, 450, 3000])
def test_a_message_is_as_long_as_asked(size: int) -> None:
    assert len(templates.packet_of(templates.event_of(ROOM, size))) == size
