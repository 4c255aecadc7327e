"""A worker that nobody has told yet who blocks whom: what depends on it waits for its sender, and all else goes on."""

from chat_service.deciding.told_blocks import ToldBlocks
from chatflow.auth.account_facts.pages import FactPage, PersonBlocked
from chatflow.auth.account_facts.replica import AccountFacts
from chatflow.ids import direct_room_id
from chatflow.protocol.commands import DeleteMessage, InviteMember, OpenDirect
from tests.chat_service.conftest import HasLease, running_worker
from tests.chat_service.edges import Gateway, MemoryBus, Offers
from tests.chat_service.fake_store import FakeStore
from tests.chat_service.people import ALICE, BOB, CAROL, saying
from tests.chat_service.talk import found_room, texts


async def test_what_depends_on_blocks_is_unavailable_in_its_order_and_all_else_goes_on(
    bus: MemoryBus, store: FakeStore, offers: Offers, has_lease: HasLease, gateway: Gateway
) -> None:
    facts = AccountFacts("block")
    facts.absorb(FactPage(1, []))
    between, other = direct_room_id([ALICE, BOB]), direct_room_id([ALICE, CAROL])
    async with running_worker("w1", bus=bus, store=store, offers=offers, has_lease=has_lease, facts=facts):
        await gateway.ask(gateway.command(ALICE, between, OpenDirect(user_ids=[BOB])))
        [said] = await gateway.ask(gateway.command(BOB, between, saying(between, "before")))

    facts = AccountFacts("block")
    gateway.worker_id = "w2"
    async with running_worker("w2", bus=bus, store=store, offers=offers, has_lease=has_lease, facts=ToldBlocks(facts)):
        room_id = await found_room(gateway, BOB)
        refused = await gateway.ask(
            gateway.command(CAROL, other, OpenDirect(user_ids=[ALICE])),
            gateway.command(ALICE, room_id, InviteMember(room_id=room_id, user_id=CAROL)),
            gateway.command(BOB, between, saying(between, "one")),
            # It depends on nothing, but would overtake the one before it.
            gateway.command(BOB, between, DeleteMessage(room_id=between, id=said["id"])),
        )
        [in_group] = await gateway.ask(gateway.command(BOB, room_id, saying(room_id, "hello")))
        [deleted] = await gateway.ask(
            gateway.command(BOB, between, DeleteMessage(room_id=between, id=said["id"]), lane="another device")
        )
        facts.absorb(FactPage(2, [PersonBlocked(ALICE, CAROL, True)]))
        [sent] = await gateway.ask(gateway.command(BOB, between, saying(between, "one")))
        [blocked] = await gateway.ask(gateway.command(CAROL, other, OpenDirect(user_ids=[ALICE])))

    assert [answer["code"] for answer in refused] == ["unavailable"] * 4
    assert [answer["ok"] for answer in (in_group, deleted, sent)] == [True] * 3
    assert blocked["code"] == "forbidden"
    assert texts(store, room_id) == ["hello"]
