"""No command of the store on MongoDB reads through a collection, or sorts what an index could have sorted.

Each kind of command that the store gives is held against the indexes that there are, and the server is asked how it
goes about it.
"""

from typing import Any, NamedTuple

import pymongo
import pytest
from pymongo.database import Database

from tests.contracts.message_store_profiles import opened
from tests.message_service.stores.mongodb.commands import Command, heard_of
from tests.message_service.stores.mongodb.everything import Asked, ask_everything, methods_of_the_port
from tests.message_service.stores.mongodb.ways import Keys, Way, indexes_of, ways_of

# One document each, or as many as there are steps.
SMALL = {"clock", "fences", "migrations"}
# What a server may sort in memory all the same, and why: by command, collection and the fields that are asked for.
MAY_SORT = {
    ("find", "rooms", ("_id", "retention_days")): "it goes by the retention where few rooms have one, else by the id",
}
SECANTUS = "secantus"


@pytest.fixture
def commands(database_url: str) -> list[Command]:
    """What the store says while everything is asked of it, and at its next start; the data are left for `explain`."""
    with opened(database_url) as store:
        asked = Asked(store)
        with heard_of(database_url) as heard:
            ask_everything(asked)
    assert asked.methods == methods_of_the_port()
    with heard_of(database_url) as at_start, opened(database_url):
        pass
    return heard + at_start


def test_every_command_finds_its_documents_by_an_index(commands: list[Command], database_url: str) -> None:
    questions = {str(shape_of(question)): question for command in commands for question in questions_of(command)}
    asked = [question for question in questions.values() if question.collection not in SMALL]
    with pymongo.MongoClient[dict[str, Any]](database_url) as client:
        database = client.get_default_database()
        indexes = {name: indexes_of(database[name].index_information()) for name in {one.collection for one in asked}}
        ways = [(one, ways_of(one.wanted, one.order, indexes[one.collection])) for one in asked]
        explained = [(one, explain(database, one, found)) for one, found in ways]

    scans = {place_of(one): one for one, found in ways if not found}
    sorts = {place_of(one): one for one, found in ways if not all(way.is_ordered for way in found)}
    unlike = {place_of(one): stages for one, stages in explained if stages & {"COLLSCAN", "SORT"}}
    assert len(asked) > 50
    assert scans == {}
    assert sorts == {}
    assert unlike.keys() <= MAY_SORT.keys(), unlike


def test_the_log_is_guarded_before_its_first_event(database_url: str) -> None:
    with opened(database_url), pymongo.MongoClient[dict[str, Any]](database_url) as client:
        indexes = client.get_default_database().events.index_information().values()

    unique = [[name for name, _ in index["key"]] for index in indexes if index.get("unique")]
    assert ["room_id", "seq"] in unique
    assert ["room_id", "actor", "op"] in unique


class Question(NamedTuple):
    """What one statement of a command looks for, and all of it as a server explains it."""

    name: str
    collection: str
    wanted: dict[str, Any]
    order: Keys
    command: dict[str, Any]


def questions_of(command: Command) -> list[Question]:
    name, collection, body = command
    match name:
        case "find":
            kept = part_of(body, "find", "filter", "sort", "limit", "projection")
            return [Question(name, collection, body["filter"], list(body.get("sort", {}).items()), kept)]
        case "aggregate":
            kept = part_of(body, "aggregate", "pipeline", "cursor")
            return [Question(name, collection, body["pipeline"][0]["$match"], [], kept)]
        case "distinct":
            kept = part_of(body, "distinct", "key", "query")
            return [Question(name, collection, body["query"], [], kept)]
        case "update" | "delete":
            statements = body[f"{name}s"]
            return [
                Question(name, collection, one["q"], [], {name: collection, f"{name}s": [one]}) for one in statements
            ]
    return []


def part_of(body: dict[str, Any], *fields: str) -> dict[str, Any]:
    return {field: body[field] for field in fields if field in body}


def place_of(question: Question) -> tuple[str, str, tuple[str, ...]]:
    return question.name, question.collection, tuple(sorted(question.wanted))


def explain(database: Database[dict[str, Any]], question: Question, ways: list[Way]) -> set[str]:
    """Return the stages in which the server goes about it.

    SecantusDB explains simple filters only, and not what is by `_id`: it is asked for the field with which the index
    begins.
    """
    if database.client.admin.command("hello")["setName"] != SECANTUS:
        return stages_of(database.command("explain", question.command, verbosity="queryPlanner"))
    first = [next(iter(way.part.items())) for way in ways if way.by.name != "_id_"]
    finds = [{"find": question.collection, "filter": {name: value}} for name, value in first]
    return stages_of([database.command("explain", find, verbosity="queryPlanner") for find in finds])


def shape_of(value: Any) -> Any:
    """Return what two commands of one kind have in common: everything but the values."""
    if isinstance(value, dict):
        return {name: shape_of(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        # Many of one kind are as one.
        return sorted({str(shape_of(inner)) for inner in value})
    return type(value).__name__ if not isinstance(value, str) or len(value) > 20 else value


def stages_of(plan: Any, *, is_winner: bool = False) -> set[str]:
    """Return the stages of the plans that won, wherever a server's answer has them."""
    if isinstance(plan, list):
        return set().union(*(stages_of(inner, is_winner=is_winner) for inner in plan))
    if not isinstance(plan, dict):
        return set()
    own = {str(plan["stage"])} if is_winner and "stage" in plan else set()
    return own.union(
        *(
            stages_of(inner, is_winner=is_winner or name == "winningPlan")
            for name, inner in plan.items()
            if name != "rejectedPlans"
        )
    )
