"""Two people talk: every device shows the same order, also one that was away in between."""

import asyncio

import pytest

from tests.actors import Refused
from tests.actors.answers import Json
from tests.actors.link import Transport
from tests.checker.history import HistoryWriter
from tests.checker.judge import judge
from tests.journeys.conftest import Invite
from tests.journeys.scales import ONE, TWO

pytestmark = pytest.mark.scales(ONE, TWO)

TRANSPORTS: list[Transport] = ["websocket", "polling"]


async def test_two_people_talk_on_two_devices_each(invite: Invite, writer: HistoryWriter) -> None:
    alice, bob = await invite("alice"), await invite("bob")
    phone, desk = await alice.connect("phone"), await alice.connect("desk", transport="polling")
    room_id = await phone.create_room("kitchen")
    bobs_phone, bobs_desk = await bob.connect("phone", transport="polling"), await bob.connect("desk")
    await bobs_phone.join(room_id)
    await desk.is_told("room:added")
    await bobs_desk.is_told("room:added")

    await phone.send(room_id, "Is there any tea?")
    await bobs_desk.sees(room_id, "Is there any tea?")
    answer = await bobs_desk.send(room_id, "물론이죠 🍵")

    everybody = [phone, desk, bobs_phone, bobs_desk]
    for device in everybody:
        await device.reaches(room_id, answer["seq"])
        assert device.view(room_id).texts == ["Is there any tea?", "물론이죠 🍵"]
        device.settle(room_id)
    for person in (alice, bob):
        await person.history(room_id)
        await person.compare_with_fresh_look(room_id)
    await alice.read_whole_log(room_id)
    writer.flush()
    verdict = judge(writer.folder)
    assert not verdict.violated, str(verdict)
    assert not {"C1", "C2", "C3", "C4", "C5", "C6", "C7", "C9", "C12"} & verdict.unknown, str(verdict)


async def test_a_direct_room_is_the_same_for_both_and_appears_to_the_other(invite: Invite) -> None:
    alice, bob = await invite("alice"), await invite("bob")
    phone, bobs_phone = await alice.connect(), await bob.connect()
    room_id = await phone.open_direct(bob.id)
    added = await bobs_phone.is_told("room:added")
    assert added["room"]["id"] == room_id
    assert await bobs_phone.open_direct(alice.id) == room_id
    await phone.send(room_id, "just us")
    await bobs_phone.sees(room_id, "just us")


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_who_was_away_for_300_messages_gets_each_of_them_once(invite: Invite, transport: Transport) -> None:
    alice, bob = await invite("alice"), await invite("bob")
    phone, bobs_phone = await alice.connect(), await bob.connect(transport=transport)
    room_id = await phone.create_room("busy")
    await bobs_phone.join(room_id)
    await bobs_phone.disconnect()
    texts = [f"message {number}" for number in range(300)]
    acks = await phone.send_all(room_id, texts)
    await bobs_phone.connect()
    await bobs_phone.reaches(room_id, acks[-1]["seq"])
    assert bobs_phone.view(room_id).texts == texts
    assert not any(name == "session:ending" for name, _ in bobs_phone.packets)


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_pipelined_messages_keep_their_order(invite: Invite, transport: Transport) -> None:
    alice, bob = await invite("alice"), await invite("bob")
    phone = await alice.connect(transport=transport)
    bobs_phone = await bob.connect(transport=transport)
    room_id = await phone.create_room("quick")
    await bobs_phone.join(room_id)
    texts = [f"message {number}" for number in range(100)]
    acks = await phone.send_all(room_id, texts)
    assert [ack["seq"] for ack in acks] == list(range(acks[0]["seq"], acks[0]["seq"] + 100))
    await bobs_phone.reaches(room_id, acks[-1]["seq"])
    assert bobs_phone.view(room_id).texts == texts


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_a_javascript_and_a_python_client_hold_a_conversation(
    invite: Invite, javascript: None, transport: Transport
) -> None:
    alice, bob = await invite("alice"), await invite("bob")
    browser = await alice.connect("browser", client="javascript", transport=transport)
    script = await bob.connect("script")
    room_id = await browser.create_room("tower")
    await script.join(room_id)
    # All in one go: over polling the stock client puts them into a single request.
    texts = [f"from the browser {number}" for number in range(40)]
    acks = await browser.send_all(room_id, texts)
    await script.reaches(room_id, acks[-1]["seq"])
    assert script.view(room_id).texts == texts
    await script.send(room_id, "from the script")
    await browser.sees(room_id, "from the script")
    assert browser.view(room_id).texts == [*texts, "from the script"]


async def test_the_same_cid_sent_50_times_at_once_is_one_message(invite: Invite, writer: HistoryWriter) -> None:
    alice = await invite("alice")
    phone, desk = await alice.connect("phone"), await alice.connect("desk")
    room_id = await phone.create_room("echo")
    await desk.is_told("room:added")
    answers = [await device.begin_send(room_id, "only once", cid="one") for device in [phone, desk] * 25]
    acks = await asyncio.gather(*answers)
    assert len({(ack["seq"], ack["id"]) for ack in acks}) == 1
    assert [ack["duplicate"] for ack in acks].count(False) == 1
    events = await alice.read_whole_log(room_id)
    assert [event["message"]["text"] for event in events if event["type"] == "message.created"] == ["only once"]
    writer.flush()
    verdict = judge(writer.folder)
    assert not verdict.violated, str(verdict)


async def test_a_known_cid_with_another_text_is_a_conflict(invite: Invite) -> None:
    phone = await (await invite("alice")).connect()
    room_id = await phone.create_room("echo")
    await phone.send(room_id, "this", cid="one")
    with pytest.raises(Refused) as refused:
        await phone.send(room_id, "that", cid="one")
    assert refused.value.code == "conflict"


async def test_a_known_cid_with_another_founding_or_setting_is_a_conflict(invite: Invite) -> None:
    alice, bob, carol = await invite("alice"), await invite("bob"), await invite("carol")
    phone = await alice.connect()
    founding = {"cid": "1", "kind": "group", "name": "garden", "members": [alice.id, bob.id, bob.id]}
    await phone.request("room:create", founding, on_ok=phone.rooms.enter)
    hiding = {"room_id": await phone.create_room("open"), "cid": "2", "private": True}
    await phone.request("room:update", hiding)
    cases: list[tuple[str, Json, list[Json]]] = [
        (
            "room:create",
            founding,
            [{"members": [bob.id, carol.id]}, {"members": []}, {"kind": "channel"}, {"name": "hedge"}],
        ),
        ("room:update", hiding, [{"private": False}]),
    ]
    for event, said, others in cases:
        assert (await phone.request(event, said))["duplicate"]
        for other in others:
            with pytest.raises(Refused) as refused:
                await phone.request(event, said | other)
            assert refused.value.code == "conflict"


async def test_what_came_while_away_is_unread_until_it_is_marked(invite: Invite) -> None:
    alice, bob = await invite("alice"), await invite("bob")
    phone, bobs_phone, bobs_desk = await alice.connect(), await bob.connect(), bob.device("desk")
    room_id = await phone.create_room("letters")
    await bobs_phone.join(room_id)
    await bobs_phone.disconnect()
    acks = await phone.send_all(room_id, ["one", "two", f"three <@{bob.id}>"])
    room = next(room for room in (await bobs_desk.connect())["rooms"] if room["id"] == room_id)
    assert (room["unread"], room["mentions"]) == (3, 1)
    await bobs_phone.connect()
    assert await bobs_desk.mark_read(room_id, acks[1]["seq"]) == acks[1]["seq"]
    told = await bobs_phone.is_told("read", room_id=room_id)
    assert told["positions"][bob.id] == acks[1]["seq"]
    assert await bobs_desk.mark_read(room_id, acks[0]["seq"]) == acks[1]["seq"], "a position only moves forward"
    assert (await bob.rest.get(f"/api/rooms/{room_id}"))["unread"] == 1
    assert await bobs_desk.mark_unread(room_id, acks[0]["seq"]) == acks[0]["seq"] - 1
    back = {bob.id: acks[0]["seq"] - 1}
    await bobs_phone.is_told("read", room_id=room_id, positions=back)
    # The row is right live, and so is what a device is shown that comes back.
    assert (await bob.rest.get(f"/api/rooms/{room_id}"))["unread"] == 3
    again = next(room for room in (await bob.device("later").connect())["rooms"] if room["id"] == room_id)
    assert (again["unread"], again["mentions"], again["read_seq"]) == (3, 1, acks[0]["seq"] - 1)


async def test_who_leaves_sees_nothing_more(invite: Invite, writer: HistoryWriter) -> None:
    alice, bob = await invite("alice"), await invite("bob")
    phone, bobs_phone = await alice.connect(), await bob.connect()
    room_id = await phone.create_room("party")
    await bobs_phone.join(room_id)
    left_at = await bobs_phone.leave(room_id)
    await bobs_phone.is_told("room:removed", room_id=room_id)
    after = await phone.send(room_id, "he is gone")
    await phone.sees(room_id, "he is gone")
    # What comes to another room of his afterwards would have been overtaken by it.
    other_room = await phone.open_direct(bob.id)
    await phone.send(other_room, "we miss you")
    await bobs_phone.sees(other_room, "we miss you")
    assert bobs_phone.view(room_id).position == left_at < after["seq"]
    with pytest.raises(Refused):
        await bobs_phone.send(room_id, "am I?")
    await alice.read_whole_log(room_id)
    writer.flush()
    verdict = judge(writer.folder)
    assert not verdict.violated, str(verdict)


async def test_a_mention_and_a_direct_message_raise_a_notice(invite: Invite) -> None:
    alice, bob = await invite("alice"), await invite("bob")
    phone, bobs_phone = await alice.connect(), await bob.connect()
    room_id = await phone.create_room("square")
    await bobs_phone.join(room_id)
    mention = await phone.send(room_id, f"look, <@{bob.id}>")
    await bobs_phone.is_told("notice", kind="mention", room_id=room_id, seq=mention["seq"])
    direct_id = await phone.open_direct(bob.id)
    direct = await phone.send(direct_id, "psst")
    await bobs_phone.is_told("notice", kind="direct", room_id=direct_id, seq=direct["seq"])


async def test_what_a_room_is_for_is_told_to_everybody_and_found_in_the_directory(invite: Invite) -> None:
    alice, bob = await invite("alice"), await invite("bob")
    phone, bobs_phone = await alice.connect(), await bob.connect()
    room_id = await phone.create_room("tides", description="When to sail.\n만조와 간조")
    entered = (await bobs_phone.join(room_id))["room"]
    assert entered["description"] == "When to sail.\n만조와 간조"

    await phone.request("room:update", {"room_id": room_id, "description": "Moon"})
    await bobs_phone.until(
        lambda: bobs_phone.view(room_id).state.room.get("description") == "Moon" or None, what="the change"
    )
    [listed] = (await bob.rest.get("/api/rooms/public", q=entered["name"]))["items"]
    assert (listed["description"], listed["member_count"]) == ("Moon", 2)
    with pytest.raises(Refused):
        await phone.request("room:update", {"room_id": room_id, "description": "m" * 2001})


async def test_history_pages_lead_through_all_messages(invite: Invite) -> None:
    alice = await invite("alice")
    phone = await alice.connect()
    room_id = await phone.create_room("archive")
    texts = [f"message {number}" for number in range(25)]
    acks = await phone.send_all(room_id, texts)
    newest = await alice.history(room_id, limit=10)
    older = await alice.history(room_id, limit=20, before=newest["items"][0]["seq"])
    assert [message["text"] for message in older["items"] + newest["items"]] == texts
    assert newest["head"] == acks[-1]["seq"]
    onward = await alice.history(room_id, limit=5, after=acks[3]["seq"])
    assert [message["text"] for message in onward["items"]] == texts[4:9]


async def test_a_refreshed_session_goes_on(invite: Invite) -> None:
    alice = await invite("alice")
    await alice.refresh()
    await alice.log_in()
    phone = await alice.connect()
    assert phone.ready["user"]["id"] == alice.id


async def test_who_is_named_in_a_thread_finds_it_among_theirs_until_they_have_read_it(invite: Invite) -> None:
    alice, bob = await invite("alice"), await invite("bob")
    phone, bobs_phone, bobs_desk = await alice.connect(), await bob.connect(), bob.device("desk")
    await bobs_desk.connect()
    room_id = await phone.create_room("threads")
    await bobs_phone.join(room_id)
    root = await phone.send(room_id, "root")
    reply = await phone.send(room_id, f"<@{bob.id}>", thread=root["id"])

    [thread] = (await bob.rest.get("/api/threads?unread=true"))["items"]
    assert (thread["room_id"], thread["root"]["id"], thread["last"]["id"]) == (room_id, root["id"], reply["id"])
    assert (thread["replies"], thread["unread"]) == (1, 1)

    read = {"room_id": room_id, "id": root["id"], "n": reply["n"]}
    assert await bobs_phone.request("thread:read", read) == {"ok": True, "n": reply["n"]}
    told = await bobs_desk.is_told("room:mine", room_id=room_id)
    assert told["threads_read"] == {root["id"]: reply["n"]}
    assert (await bob.rest.get("/api/threads?unread=true"))["items"] == []
    assert [one["unread"] for one in (await bob.rest.get("/api/threads"))["items"]] == [0]
