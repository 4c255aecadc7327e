"""A proxy before MongoDB that dies after a chosen write, so that the server is left as by a kill at that place.

It reads the wire protocol just far enough to know a write when it passes. The write that it dies behind is done on the
server, and its answer is lost; nothing comes through afterwards.
"""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import bson

WRITES = frozenset({"insert", "update", "delete", "findAndModify"})
HEADER = struct.Struct("<iiii")
# Behind the header: flags, then the first section's kind.
BODY_OFFSET = HEADER.size + 5
OP_MSG = 2013


class Cut:
    """Counts the writes that passed; `after` them it is dead (None: never).

    `pauses` are what happens before a write of that number passes, as if the store had been stopped there meanwhile.
    """

    def __init__(self, server_url: str, *, after: int | None) -> None:
        self.pauses: dict[int, Callable[[], None]] = {}
        parts = urlsplit(server_url)
        self._server = (parts.hostname or "127.0.0.1", parts.port or 27017)
        self._database = parts.path
        self._left = after
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = {self._listener}
        self._counting = threading.Lock()
        self.writes = 0
        self.is_dead = False
        # Reads come through, and writes get no answer: as from a primary that no other member hears.
        self.refuses_writes = False
        # Held back before it passes, as a build of an index is that takes long; set means that it may pass.
        self.indexes_may_pass = threading.Event()
        self.indexes_may_pass.set()
        self.indexes_came = threading.Event()
        self.index_builds = 0

    @property
    def url(self) -> str:
        port = self._listener.getsockname()[1]
        # It does not come back: there is nothing to wait for. And the store is not to look for the set's own address.
        options = "directConnection=true&serverSelectionTimeoutMS=100&retryWrites=false"
        return f"mongodb://127.0.0.1:{port}{self._database}?{options}"

    def serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._server)
            except OSError:
                return
            self._open |= {client, server}
            threading.Thread(target=self._carry, args=(client, server), daemon=True).start()

    def _carry(self, client: socket.socket, server: socket.socket) -> None:
        try:
            while True:
                request = read_message(client)
                is_last = self._count(request)
                server.sendall(request)
                answer = read_message(server)
                if is_last:
                    self.die()
                client.sendall(answer)
        except OSError:
            client.close()
            server.close()

    def _count(self, request: bytes) -> bool:
        """Tell whether this is the write to die after; raises if the proxy is dead already."""
        command, collection = command_of(request)
        # One over the log takes long; one over what a step has just made does not.
        if command == "createIndexes" and collection == "events":
            self.index_builds += 1
            self.indexes_came.set()
            self.indexes_may_pass.wait(30)
        if command not in WRITES:
            return False
        if self.refuses_writes:
            raise OSError("no majority")
        with self._counting:
            if self.is_dead or (self._left is not None and self.writes >= self._left):
                self.die()
                raise OSError("dead")
            self.writes += 1
            is_last = self.writes == self._left
            pause = self.pauses.pop(self.writes, None)
        if pause is not None:
            pause()
        return is_last

    def die(self) -> None:
        self.is_dead = True
        for one in list(self._open):
            # Whoever waits on it wakes up.
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
            finally:
                one.close()


def read_message(source: socket.socket) -> bytes:
    head = read_exactly(source, 4)
    [length] = struct.unpack("<i", head)
    return head + read_exactly(source, length - 4)


def read_exactly(source: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = source.recv(count - len(data))
        if not more:
            raise OSError("closed")
        data += more
    return data


def command_of(request: bytes) -> tuple[str, object]:
    """Return the command's name and what it is about, as a rule a collection."""
    if HEADER.unpack_from(request)[3] != OP_MSG:
        return "", None
    [length] = struct.unpack_from("<i", request, BODY_OFFSET)
    return next(iter(bson.decode(request[BODY_OFFSET : BODY_OFFSET + length]).items()))


@contextmanager
def open_cut(server_url: str, *, after: int | None) -> Iterator[Cut]:
    cut = Cut(server_url, after=after)
    serving = threading.Thread(target=cut.serve, daemon=True)
    serving.start()
    try:
        yield cut
    finally:
        cut.die()
        serving.join()
