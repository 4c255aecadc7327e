"""What one answer may carry, and what many of them at a time cost the process."""

from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from chatflow.protocol import events
from tests.contracts.message_store_log import RoomWriter, message_of
from tests.message_service.service import MessageService

PAGE_BYTES = 1024 * 1024
# The longest text: 8,000 characters of three bytes each.
LONGEST = "가" * 8000
READERS = 40
MESSAGES = 200
ROOMS = 32


@pytest.fixture
def full_room(room: RoomWriter, alice: str, bob: str) -> RoomWriter:
    """A room with 200 of the longest messages, all but the first in its thread, of which all are pinned."""
    root = room.message(alice, LONGEST)
    said = [root, *(room.message(bob, LONGEST, thread=message_of(root).id) for _ in range(MESSAGES - 1))]
    room.write(*said)
    room.write(*(room.about(events.MessagePinned, alice, message_of(one)) for one in said))
    return room


def root_of(room: RoomWriter, service: MessageService) -> str:
    found = service.page(f"/api/rooms/{room.room_id}/messages?after=0&limit=1", user_id=room.owner)
    return str(found["items"][0]["id"])


@pytest.mark.parametrize(
    ("path", "cursor", "step", "count"),
    [
        ("messages?limit=200", "before", "prev", MESSAGES),
        ("messages?limit=200&after=0", "after", "next", MESSAGES),
        ("messages/{root}/thread?limit=200", "after", "next", MESSAGES - 1),
        ("pins?", "cursor", "next", MESSAGES),
    ],
)
def test_a_page_is_bounded_in_bytes_and_the_next_one_goes_on_from_there(
    service: MessageService, full_room: RoomWriter, path: str, cursor: str, step: str, count: int
) -> None:
    path = f"/api/rooms/{full_room.room_id}/{path.format(root=root_of(full_room, service))}"
    sizes, seen = [], []
    reply = service.get(path, user_id=full_room.owner)
    for _ in range(MESSAGES):
        sizes.append(len(reply.body))
        seen += [item["id"] for item in reply.json["items"]]
        if reply.json[step] is None:
            break
        following = f"{path.replace('&after=0', '')}&{cursor}={reply.json[step]}"
        reply = service.get(following, user_id=full_room.owner)

    assert max(sizes) <= PAGE_BYTES + 1024
    assert min(sizes[:-1]) > PAGE_BYTES * 0.9
    assert (len(seen), len(set(seen))) == (count, count)


def test_a_page_of_the_directory_is_bounded_in_bytes(service: MessageService, alice: str) -> None:
    # More than a worker lets through today.
    rooms = [RoomWriter(service, owner=alice) for _ in range(ROOMS)]
    for room in rooms:
        room.begin(name=f"{alice} {room.room_id}", description=LONGEST * 3)
    path, sizes, seen = f"/api/rooms/public?q={alice}&limit=100", [], []
    reply = service.get(path, user_id=alice)
    for _ in range(ROOMS):
        sizes.append(len(reply.body))
        seen += [item["id"] for item in reply.json["items"]]
        if reply.json["next"] is None:
            break
        reply = service.get(f"{path}&cursor={reply.json['next']}", user_id=alice)

    assert max(sizes) <= PAGE_BYTES + 1024
    assert min(sizes[:-1]) > PAGE_BYTES * 0.9
    assert sorted(seen) == sorted(room.room_id for room in rooms)


def test_what_is_around_a_message_is_shown_on_both_sides_of_it(service: MessageService, full_room: RoomWriter) -> None:
    page = service.page(f"/api/rooms/{full_room.room_id}/messages?limit=200&around=101", user_id=full_room.owner)

    seqs = [item["seq"] for item in page["items"]]
    assert seqs == list(range(seqs[0], seqs[-1] + 1))
    assert seqs[0] < 95
    assert seqs[-1] > 107
    assert (page["prev"], page["next"]) == (str(seqs[0]), str(seqs[-1]))


def test_many_readers_at_a_time_do_not_blow_up_the_process(service: MessageService, full_room: RoomWriter) -> None:
    path = f"/api/rooms/{full_room.room_id}/messages?limit=200"
    assert service.process is not None
    process = psutil.Process(service.process.pid)
    service.page(path, user_id=full_room.owner)
    before = process.memory_info().rss

    with ThreadPoolExecutor(READERS) as readers:
        for _ in range(5):
            sizes = list(readers.map(lambda _: len(service.get(path, user_id=full_room.owner).body), range(READERS)))

    assert min(sizes) > PAGE_BYTES * 0.9
    # Neither what all of them take at a time nor what earlier ones have left behind.
    assert process.memory_info().rss < 1.5 * before
