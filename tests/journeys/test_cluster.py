"""The same product on the servers of a cluster: PostgreSQL, a MongoDB-protocol server, RabbitMQ and Valkey."""

from collections.abc import Iterator

import pytest

from tests.checker.history import HistoryWriter
from tests.checker.judge import judge
from tests.journeys.conftest import Invite
from tests.journeys.scales import TWO, Scale
from tests.journeys.system import System, open_system
from tests.servers import Server
from tests.servers.postgresql import create_database

pytestmark = pytest.mark.scales(TWO)


@pytest.fixture(scope="module")
def cluster(
    scale: Scale,
    tmp_path_factory: pytest.TempPathFactory,
    valkey_url: str,
    postgres_server: Server,
    mongodb_url: str,
    rabbitmq_url: str,
) -> Iterator[System]:
    settings = {
        **scale.settings,
        "CHATFLOW_REDIS_URL": valkey_url,
        "CHATFLOW_USER_DATABASE_URL": create_database(postgres_server.url, "journey_users"),
        "CHATFLOW_NOTIFICATION_DATABASE_URL": create_database(postgres_server.url, "journey_notifications"),
        "CHATFLOW_MESSAGE_STORE_URL": mongodb_url,
        "CHATFLOW_JOB_QUEUE_URL": rabbitmq_url,
        # A cluster sends its logs to Loki; this one's is away.
        "CHATFLOW_OTLP_ENDPOINT": "http://127.0.0.1:9/otlp",
    }
    with open_system(tmp_path_factory.mktemp("cluster"), settings=settings) as system:
        yield system


@pytest.fixture
def url(cluster: System) -> str:
    return cluster.url


async def test_the_whole_story_on_cluster_servers(invite: Invite, writer: HistoryWriter) -> None:
    alice, bob = await invite("alice"), await invite("bob")
    phone, bobs_phone = await alice.connect(), await bob.connect()
    bobs_desk = await bob.connect("desk", transport="polling")

    # They talk, ...
    room_id = await phone.create_room("harbour")
    await bobs_phone.join(room_id)
    await bobs_desk.is_told("room:added")
    await phone.send(room_id, "ahoy")
    await bobs_desk.sees(room_id, "ahoy")

    # ... one is away for a while and returns, ...
    await bobs_phone.disconnect()
    texts = [f"message {number}" for number in range(40)]
    acks = await phone.send_all(room_id, texts)
    await bobs_phone.connect()
    await bobs_phone.reaches(room_id, acks[-1]["seq"])
    assert bobs_phone.view(room_id).texts == ["ahoy", *texts]

    # ... a retry changes nothing, an alert arrives, ...
    first = await phone.send(room_id, "once", cid="one")
    again = await phone.send(room_id, "once", cid="one")
    assert (again["seq"], again["duplicate"]) == (first["seq"], True)
    direct_id = await phone.open_direct(bob.id)
    direct = await phone.send(direct_id, "psst")
    await bobs_phone.is_told("notice", kind="direct", room_id=direct_id, seq=direct["seq"], within_seconds=20)

    # ... and everybody has seen the same.
    for device in (bobs_phone, bobs_desk):
        await device.reaches(direct_id, direct["seq"])
    for device in (phone, bobs_phone, bobs_desk):
        await device.reaches(room_id, first["seq"])
        device.settle(room_id)
    for known_id in (room_id, direct_id):
        await alice.read_whole_log(known_id)
        for person in (alice, bob):
            await person.history(known_id)
            await person.compare_with_fresh_look(known_id)
    writer.flush()
    verdict = judge(writer.folder)
    assert not verdict.violated, str(verdict)
    assert not {"C1", "C2", "C3", "C4", "C5", "C6", "C7", "C9", "C10", "C12"} & verdict.unknown, str(verdict)
