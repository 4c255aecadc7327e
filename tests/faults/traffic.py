"""People who talk without pause while things break, some who come and go; in the end all states are compared."""

import asyncio
import contextlib
import itertools
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from tests.actors import Actor, ConnectionLost, Device, Refused
from tests.actors.answers import Json, outcome_of
from tests.actors.connection import RECONNECT_DELAY_SECONDS
from tests.actors.link import Transport
from tests.checker.history import HistoryWriter
from tests.checker.judge import judge
from tests.checker.records import FaultBegan, FaultHealed
from tests.checker.verdict import Verdict
from tests.faults.rig import BrokenPromise

# Longer than any fault here lasts: an app keeps its outbox, so a talker keeps its message.
KEEP_TRYING_SECONDS = 60.0
SETTLE_WITHIN_SECONDS = 20.0
ALERTED_WITHIN_SECONDS = 60.0
INBOX_EVERY_SECONDS = 60.0
RETENTION_DAYS = 7


@dataclass(frozen=True)
class Style:
    """How a group of people talks, and through which clients."""

    # Name, stock client and transport of each device that a person has.
    devices: tuple[tuple[str, str, Transport], ...] = (
        ("phone", "python", "websocket"),
        ("desk", "python", "polling"),
    )
    burst_at_most: int = 4
    # From the end of a burst to the next.
    pause_seconds: float = 0.01
    # Of those who come, say something, leave, and come again.
    visitors: int = 1
    # From one visit to the next, and from one look at a room's history to the next.
    rest_seconds: float = 0.0
    read_every_seconds: float = 0.3
    # Which share of all messages is to alert somebody who is away.
    alerts: float = 0.0


class Traffic:
    """Every device of every person sends bursts to every room, each as fast as it is answered."""

    def __init__(self, writer: HistoryWriter, *, seed: int, style: Style | None = None) -> None:
        self.people: list[Actor] = []
        self.room_ids: list[str] = []
        self.acked = 0
        self.refusals: Counter[str] = Counter()
        self.style = style or Style()
        self._visitors: list[Device] = []
        self._absent: Actor | None = None
        self.alerts_owed: set[tuple[str, int]] = set()
        self._alerts_found: set[tuple[str, int]] = set()
        self._writer = writer
        self._random = random.Random(seed)
        self._talking = asyncio.Event()
        self._talkers: list[asyncio.Task[None]] = []
        self._numbers = itertools.count()

    @property
    def devices(self) -> list[Device]:
        return [device for person in self.people for device in person.devices]

    async def gather(self, people: list[Actor], *, rooms: int, visitors: list[Actor], absent: Actor) -> None:
        """Bring the people into their rooms, and one who then goes away for good."""
        self.people = people
        self._absent = absent
        self._visitors = [await visitor.connect("visit") for visitor in visitors]
        for person in people:
            for name, client, transport in self.style.devices:
                await person.connect(name, client=client, transport=transport)
        founder = people[0].devices[0]
        absents = await absent.connect()
        for number in range(rooms):
            # Retention is on, and nothing here is so old.
            room_id = await founder.create_room(f"room {number}", retention_days=RETENTION_DAYS)
            self.room_ids.append(room_id)
            for device in (*(person.devices[0] for person in people[1:]), absents):
                await device.join(room_id)
            for device in self.devices:
                await device.until(lambda d=device, r=room_id: d.rooms.position(r) > 0, what=f"room {room_id}")  # type: ignore[misc]
        await absents.disconnect()

    def start(self) -> None:
        self._talking.set()
        self._talkers = [
            asyncio.create_task(self._talk(device, room_id)) for device in self.devices for room_id in self.room_ids
        ]
        self._talkers += [asyncio.create_task(self._look_back(person)) for person in self.people]
        self._talkers += [asyncio.create_task(self._come_and_go(visitor)) for visitor in self._visitors]
        self._talkers.append(asyncio.create_task(self._look_into_the_inbox()))

    async def acks(self, count: int, *, within_seconds: float) -> None:
        """Wait until that many more messages are acked."""
        goal = self.acked + count
        await self._until(lambda: self.acked >= goal, what=f"{count} acks", within_seconds=within_seconds)

    async def stop(self) -> None:
        """Let every talker finish what it has begun."""
        self._talking.clear()
        await asyncio.gather(*self._talkers)

    @asynccontextmanager
    async def fault(self, name: str) -> AsyncIterator[None]:
        """Record that something is broken for as long as the context lasts."""
        self._writer.add_to_run(FaultBegan(at=time.monotonic(), fault=name))
        yield
        self._writer.add_to_run(FaultHealed(at=time.monotonic(), fault=name))

    async def settle(self) -> None:
        """Read every room's whole log, and let every device come to its end."""
        for room_id in self.room_ids:
            log = await self._whole_log(room_id)
            for device in self.devices:
                # One that does not get there stays behind in the history, for the checker to say what it misses.
                with contextlib.suppress(AssertionError):
                    await device.reaches(room_id, log[-1]["seq"], within_seconds=SETTLE_WITHIN_SECONDS)
                device.settle(room_id)
            for person in self.people:
                await person.compare_with_fresh_look(room_id)
        await self._collect_alerts()
        self._writer.flush()

    async def _whole_log(self, room_id: str) -> list[Json]:
        try:
            return await self.people[0].read_whole_log(room_id)
        except Refused as error:
            raise BrokenPromise(f"a room in which messages were acked cannot be read: {error}") from error

    def judge(self) -> Verdict:
        return judge(self._writer.folder)

    async def _collect_alerts(self) -> None:
        """Look into the inbox of who was away until all is there, or for as long as may be."""
        assert self._absent is not None
        deadline = time.monotonic() + ALERTED_WITHIN_SECONDS
        while self.alerts_owed - self._alerts_found:
            self._alerts_found |= await self._absent.read_inbox()
            if time.monotonic() > deadline:
                # The checker will name what is missing.
                return
            await asyncio.sleep(1)

    async def _talk(self, device: Device, room_id: str) -> None:
        while self._talking.is_set():
            burst = [self._next_text() for _ in range(self._random.randint(1, self.style.burst_at_most))]
            await self._send_in_order(device, room_id, burst)
            # Not all in step: somebody is always speaking.
            await asyncio.sleep(self.style.pause_seconds * self._random.uniform(0, 2))

    def _next_text(self) -> str:
        text = f"message {next(self._numbers)}"
        if self._absent is not None and self._random.random() < self.style.alerts:
            return f"{text} for <@{self._absent.id}>"
        return text

    async def _send_in_order(self, device: Device, room_id: str, texts: list[str]) -> None:
        """Send as an app with an outbox does: one behind the other, and what was not decided again, in order."""
        waiting = {str(uuid4()): text for text in texts}
        deadline = time.monotonic() + KEEP_TRYING_SECONDS
        while waiting and time.monotonic() < deadline:
            answers: dict[str, asyncio.Future[Json]] = {}
            with self._counting_refusals():
                for cid, text in waiting.items():
                    answers[cid] = await device.begin_send(room_id, text, cid=cid)
            for cid, answer in answers.items():
                with self._counting_refusals():
                    ack = await self._decided(answer)
                    text = waiting.pop(cid)
                    if ack is not None:
                        self._note_ack(device, room_id, text, ack["seq"])
            if waiting:
                await asyncio.sleep(RECONNECT_DELAY_SECONDS)

    async def _decided(self, answer: asyncio.Future[Json]) -> Json | None:
        """Return the ack, or None for a rejection, or raise what leaves it open."""
        try:
            return await answer
        except (Refused, ConnectionLost) as error:
            if outcome_of(error) == "fail":
                self.refusals[f"fail: {error}"] += 1
                return None
            raise

    def _note_ack(self, device: Device, room_id: str, text: str, seq: int) -> None:
        self.acked += 1
        if self._absent is not None and text.endswith(f"<@{self._absent.id}>"):
            self.alerts_owed.add((room_id, seq))
            device.recorder.owes(room_id, seq, user=self._absent.id)

    async def _look_back(self, person: Actor) -> None:
        """Read the newest page now and then, as a second window of the same person would."""
        while self._talking.is_set():
            with self._counting_refusals():
                await person.history(self._random.choice(self.room_ids))
            await asyncio.sleep(self.style.read_every_seconds)

    async def _look_into_the_inbox(self) -> None:
        """Read now and then what alerted the one who is away: an inbox keeps the newest thousand."""
        assert self._absent is not None
        looked_at = time.monotonic()
        while self._talking.is_set():
            await asyncio.sleep(self.style.read_every_seconds)
            if time.monotonic() - looked_at > INBOX_EVERY_SECONDS:
                looked_at = time.monotonic()
                with self._counting_refusals():
                    self._alerts_found |= await self._absent.read_inbox()

    async def _come_and_go(self, visitor: Device) -> None:
        """Join, say something and leave in one go; a command whose answer is lost is tried again."""
        while self._talking.is_set():
            room_id = self._random.choice(self.room_ids)
            await self._insist(lambda r=room_id: visitor.join(r))  # type: ignore[misc]
            with self._counting_refusals():
                said = await visitor.begin_send(room_id, f"message {next(self._numbers)}")
                await self._insist(lambda r=room_id: visitor.leave(r))  # type: ignore[misc]
                await said
            await self._insist(lambda r=room_id: visitor.leave(r))  # type: ignore[misc]
            await asyncio.sleep(self.style.rest_seconds)

    async def _insist(self, attempt: Callable[[], Awaitable[object]]) -> None:
        while self._talking.is_set():
            try:
                await attempt()
                return
            except (Refused, ConnectionLost) as error:
                if outcome_of(error) == "fail":
                    return
                self.refusals[f"{outcome_of(error)}: {error}"] += 1
                await asyncio.sleep(RECONNECT_DELAY_SECONDS)

    @contextmanager
    def _counting_refusals(self) -> Iterator[None]:
        try:
            yield
        except (Refused, ConnectionLost) as error:
            self.refusals[f"{outcome_of(error)}: {error}"] += 1

    async def _until(self, condition: Callable[[], bool], *, what: str, within_seconds: float) -> None:
        deadline = time.monotonic() + within_seconds
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"no {what} within {within_seconds} s, refused: {self.refusals}")
            await asyncio.sleep(0.05)


@asynccontextmanager
async def open_traffic(
    url: str,
    folder: Path,
    *,
    people: int = 3,
    rooms: int = 2,
    seed: int = 1,
    style: Style | None = None,
    keeps_connections: bool = True,
) -> AsyncIterator[Traffic]:
    """Sign people in, bring them together, and sign them off in the end."""
    with HistoryWriter(folder) as writer:
        async with AsyncExitStack() as stack:

            async def invite(name: str) -> Actor:
                return await (
                    await stack.enter_async_context(
                        Actor(url, name, writer=writer, keeps_connections=keeps_connections)
                    )
                ).register()

            traffic = Traffic(writer, seed=seed, style=style)
            await traffic.gather(
                [await invite(f"talker{number}") for number in range(people)],
                rooms=rooms,
                visitors=[await invite(f"visitor{number}") for number in range(traffic.style.visitors)],
                absent=await invite("absent"),
            )
            yield traffic
