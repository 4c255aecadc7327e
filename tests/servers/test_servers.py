"""The rig's servers are real: each answers its own client, and comes back after a kill."""

import asyncio
from pathlib import Path
from typing import Any

import aio_pika
import psycopg
import pymongo
import pytest
import redis

from tests.servers import Server, ServerMissing, open_valkey
from tests.servers.skips import count_by_server, give_up_without


def test_valkey_answers(valkey_url: str) -> None:
    with redis.Redis.from_url(valkey_url) as client:
        assert client.ping()


def test_postgresql_answers_in_an_empty_database(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        row = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    assert row == (0,)


def test_the_mongodb_protocol_answers_in_an_empty_database(mongodb_url: str) -> None:
    with pymongo.MongoClient[dict[str, object]](mongodb_url) as client:
        database = client.get_default_database()
        database.rooms.insert_one({"_id": "room"})
        assert database.list_collection_names() == ["rooms"]


def test_the_mongodb_of_the_tests_is_a_replica_set_with_indexes(mongodb_url: str) -> None:
    with pymongo.MongoClient[dict[str, Any]](mongodb_url) as client:
        assert client.admin.command("hello")["setName"]
        events = client.get_default_database().events
        events.create_index("room")
        assert events.find({"room": "one"}).explain()["queryPlanner"]["winningPlan"]["inputStage"]["stage"] == "IXSCAN"


def test_ferretdb_answers(ferretdb_server: Server) -> None:
    with pymongo.MongoClient[dict[str, object]](ferretdb_server.url) as client:
        assert client.admin.command("ping")["ok"]


async def test_rabbitmq_answers(rabbitmq_url: str) -> None:
    async with asyncio.timeout(10), await aio_pika.connect(rabbitmq_url) as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue("test-servers", durable=True, arguments={"x-queue-type": "quorum"})
        await channel.default_exchange.publish(aio_pika.Message(b"work"), routing_key=queue.name)
        message = await queue.get(no_ack=True)
        await queue.delete(if_unused=False, if_empty=False)
    assert message.body == b"work"


def test_a_killed_server_comes_back_at_the_same_address(tmp_path: Path) -> None:
    with open_valkey(tmp_path) as server, redis.Redis.from_url(server.url, retry=None) as client:
        first_pid = server.pid
        server.kill()
        with pytest.raises(redis.ConnectionError):
            client.ping()
        server.start()
        assert client.ping()
        assert server.pid != first_pid


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    server = Server("Refusal", command=["sh", "-c", "echo no; exit 3"], folder=tmp_path, url="", answers=lambda: False)
    with pytest.raises(RuntimeError, match=r"Refusal ended with status 3:\nno"):
        server.start()


def test_a_missing_server_skips_the_test_and_names_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEST_REQUIRE_SERVERS", raising=False)
    with pytest.raises(pytest.skip.Exception) as skipped:
        give_up_without(ServerMissing("RabbitMQ", "not installed"))
    assert count_by_server([str(skipped.value), "(file, 1, 'something else')"]) == {"RabbitMQ": 1}


def test_a_missing_server_fails_where_the_gate_installed_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_REQUIRE_SERVERS", "1")
    with pytest.raises(pytest.fail.Exception, match="RabbitMQ"):
        give_up_without(ServerMissing("RabbitMQ", "not installed"))
