"""Makes histories that keep every promise, from a seed: a perfect server and clients that come, go, fail and retry."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.checker.records import (
    Admitted,
    Alerted,
    Answered,
    FaultBegan,
    FaultHealed,
    Folded,
    Moved,
    Outcome,
    Owed,
    Read,
    RoomRecord,
    RunRecord,
    Seen,
    Sent,
    Settled,
    Source,
    Stamped,
    Whole,
)

OUTCOMES: list[Outcome] = ["ok", "fail", "info", "not_tried"]


@dataclass
class Entry:
    """One event of the perfect log."""

    type: str
    sender: str | None = None
    cid: str | None = None
    body: str | None = None
    subject: str | None = None
    members: list[str] = field(default_factory=list)


@dataclass
class Client:
    name: str
    user: str
    connections: int = 0
    online: bool = False
    position: int = 0
    # The seq up to which it has been handed live events; after a reconnect it syncs first.
    handed: int = 0

    @property
    def connection(self) -> str:
        return f"{self.name}#{self.connections}"


class Simulation:
    """One room and its people; `run` lets things happen at random and ends in a settled history."""

    def __init__(self, seed: int, *, people: int = 3, steps: int = 200) -> None:
        self.random = random.Random(seed)
        self.records: list[RoomRecord] = []
        self.faults: list[RunRecord] = []
        self.log: list[Entry] = []
        self._now = 0.0
        self._cids = 0
        users = [f"user-{number}" for number in range(people)]
        self._log_event(Entry("room.created", members=list(users)))
        self.clients = [Client(f"{user}/{device}", user) for user in users for device in ("phone", "desk")]
        self._steps = steps

    def run(self) -> None:
        for client in self.clients:
            self.connect(client)
        self.faults.append(FaultBegan(at=self.now(), fault="storm"))
        actions: list[Callable[[Client], None]] = [self.send_some, self.send_some, self.drop, self.connect, self.read]
        for _ in range(self._steps):
            self.random.choice(actions)(self.random.choice(self.clients))
            for client in self.clients:
                self.deliver(client, up_to=self.random.randint(client.handed, len(self.log)))
        self.settle()

    def settle(self) -> None:
        self.faults.append(FaultHealed(at=self.now(), fault="storm"))
        for client in self.clients:
            self.connect(client)
        self.send(self.clients[0], outcome="ok")
        for client in self.clients:
            self.deliver(client, up_to=len(self.log))
            self.records.append(Settled(at=self.now(), client=client.name, position=client.position))
            state = {"head": len(self.log)}
            self.records.append(
                Folded(at=self.now(), client=client.name, seq=client.position, folded=state, fresh=dict(state))
            )
        alert = {"user": self.clients[-1].user, "seq": len(self.log)}
        self.records += [Owed(at=self.now(), **alert), Alerted(at=self.now(), **alert)]  # type: ignore[arg-type]
        auditor = self.clients[0]
        for seq in range(1, len(self.log) + 1):
            self.see(auditor, seq, source="history", applied=False)
        self.records += [Whole(at=self.now(), head=len(self.log)), Stamped(at=self.now())]

    def connect(self, client: Client) -> None:
        if client.online:
            return
        client.online = True
        client.connections += 1
        client.handed = len(self.log)
        self.records.append(
            Admitted(
                at=self.now(), client=client.name, user=client.user, connection=client.connection, seq=len(self.log)
            )
        )
        if client.connections == 1 or self.random.random() < 0.1:
            client.position = len(self.log)
            self.records.append(
                Moved(
                    at=self.now(),
                    client=client.name,
                    seq=client.position,
                    why="start" if client.connections == 1 else "reset",
                )
            )
        for seq in range(client.position + 1, len(self.log) + 1):
            self.see(client, seq, source="sync", applied=True)

    def drop(self, client: Client) -> None:
        client.online = False

    def read(self, client: Client) -> None:
        self.records.append(Read(at=self.now(), client=client.name, user=client.user, head=len(self.log)))

    def send_some(self, client: Client) -> None:
        for _ in range(self.random.randint(1, 3)):
            self.send(client, outcome=self.random.choices(OUTCOMES, [8, 1, 1, 1])[0])

    def send(self, client: Client, *, outcome: Outcome) -> None:
        if not client.online:
            return
        self._cids += 1
        cid = f"cid-{self._cids}"
        self.attempt(client, cid=cid, attempt=0, outcome=outcome, lands=outcome == "ok" or self.random.random() < 0.5)
        if outcome in ("info", "not_tried"):
            self.attempt(client, cid=cid, attempt=1, outcome="ok", lands=True)

    def attempt(self, client: Client, *, cid: str, attempt: int, outcome: Outcome, lands: bool) -> None:
        self.records.append(
            Sent(
                at=self.now(),
                client=client.name,
                user=client.user,
                connection=client.connection,
                cid=cid,
                attempt=attempt,
                body=f"body of {cid}",
            )
        )
        earlier = next((seq for seq, entry in enumerate(self.log, 1) if entry.cid == cid), None)
        if lands and outcome in ("ok", "info") and earlier is None:
            self._log_event(Entry("message.created", sender=client.user, cid=cid, body=f"body of {cid}"))
        self.records.append(
            Answered(
                at=self.now(),
                client=client.name,
                user=client.user,
                cid=cid,
                attempt=attempt,
                outcome=outcome,
                seq=(earlier or len(self.log)) if outcome == "ok" else None,
                duplicate=outcome == "ok" and earlier is not None,
            )
        )

    def deliver(self, client: Client, *, up_to: int) -> None:
        while client.online and client.handed < up_to:
            client.handed += 1
            self.see(client, client.handed, source="live", applied=client.handed == client.position + 1)

    def see(self, client: Client, seq: int, *, source: Source, applied: bool) -> None:
        entry = self.log[seq - 1]
        client.position = seq if applied else client.position
        self.records.append(
            Seen(
                at=self.now(),
                client=client.name,
                user=client.user,
                connection=client.connection,
                seq=seq,
                type=entry.type,
                source=source,
                applied=applied,
                sender=entry.sender,
                cid=entry.cid,
                body=entry.body,
                subject=entry.subject,
                members=entry.members,
            )
        )

    def now(self) -> float:
        self._now += 0.001
        return self._now

    def _log_event(self, entry: Entry) -> None:
        self.log.append(entry)
