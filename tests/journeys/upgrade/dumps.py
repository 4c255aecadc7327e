"""Data of servers in files that no tool is needed to read back: SQL for PostgreSQL, JSON for MongoDB."""

import json
import lzma
import subprocess
from pathlib import Path
from typing import Any

import psycopg
import pymongo
from bson import json_util

from tests.servers.postgresql import find_binaries

# Statements with so many rows each.
ROWS = 200
OPTIONS = json_util.CANONICAL_JSON_OPTIONS


def write_packed(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(lzma.compress(content.encode(), preset=9 | lzma.PRESET_EXTREME))


def read_packed(path: Path) -> str:
    return lzma.decompress(path.read_bytes()).decode()


def dump_postgresql(url: str, path: Path) -> None:
    """Write a database down as statements; this needs pg_dump, reading it back does not."""
    command = [str(find_binaries() / "pg_dump"), "--no-owner", "--no-privileges", f"--rows-per-insert={ROWS}", url]
    dump = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    # psql alone knows lines that begin with a backslash.
    write_packed(path, "".join(line for line in dump.splitlines(keepends=True) if not line.startswith("\\")))


def restore_postgresql(path: Path, url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(read_packed(path).encode())


def dump_mongodb(url: str, path: Path) -> None:
    with pymongo.MongoClient[dict[str, Any]](url) as client:
        db = client.get_default_database()
        collections = {
            name: {
                "indexes": [one for one in db[name].list_indexes() if one["name"] != "_id_"],
                "documents": list(db[name].find().sort([("_id", 1)])),
            }
            for name in sorted(db.list_collection_names())
        }
    write_packed(path, json_util.dumps(collections, json_options=OPTIONS, indent=0, ensure_ascii=False))


def restore_mongodb(path: Path, url: str) -> None:
    """Make the collections as they were; the server decides anew where and how it keeps their indexes."""
    collections = json.loads(read_packed(path), object_hook=lambda pairs: json_util.object_hook(pairs, OPTIONS))
    with pymongo.MongoClient[dict[str, Any]](url) as client:
        db = client.get_default_database()
        for name, kept in collections.items():
            for index in kept["indexes"]:
                options = {key: value for key, value in index.items() if key not in ("v", "key", "ns")}
                db[name].create_index(list(index["key"].items()), **options)
            if kept["documents"]:
                db[name].insert_many(kept["documents"])
