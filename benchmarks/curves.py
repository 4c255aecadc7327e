"""Costs that could grow: a delivery's, as rooms get larger, as more sockets idle beside them, and as rooms get many."""

from functools import partial

from benchmarks.bench import Bench
from benchmarks.contestants import OURS, Contestant, Crowd, Opening, open_all, open_chatflow, open_node
from benchmarks.processes import Redis
from benchmarks.publishing import UNIT, fan_out, per_cpu_second
from benchmarks.result import Claim, Curve, Measure, Result
from benchmarks.seeding import World

SIZES = (10, 50, 100, 500, 1000, 2000)
# Rooms of this size, for the other two curves.
MEMBERS = 100
SOCKETS = (100, 500, 1000, 2000, 5000)
ROOMS = (1, 2, 5, 10, 20, 50)
OUTSTANDING = 16
# Flat: from rooms of a hundred on, the dearest point costs at most so much more than the cheapest.
DEARER_AT_MOST = 0.3

Points = list[tuple[float, float]]


def run(bench: Bench) -> Result:
    world = World(max(SOCKETS))
    large = world.add_room(range(max(SIZES)))
    blocks = [world.add_room(range(begin, begin + MEMBERS)) for begin in range(0, max(SOCKETS), MEMBERS)]

    def in_blocks(sockets: int) -> Crowd:
        return Crowd([blocks[number // MEMBERS] for number in range(sockets)], world)

    openings: list[Opening] = [partial(open_chatflow, world=world), open_node]
    by_size: dict[str, Points] = {}
    with open_all(bench, openings) as (contestants, redis, notes):
        for contestant in contestants:
            by_size[contestant.name] = [
                point(bench, contestant, Crowd([large] * size, world), redis, x=size, rooms=1)
                for size in few(bench, SIZES)
            ]
        ours = next(each for each in contestants if each.name == OURS)
        by_sockets = [point(bench, ours, in_blocks(count), redis, x=count, rooms=1) for count in few(bench, SOCKETS)]
        by_rooms = [
            point(bench, ours, in_blocks(count * MEMBERS), redis, x=count, rooms=count) for count in few(bench, ROOMS)
        ]
    return Result(
        [
            *(Measure(f"{name}, room of {x:,.0f}", UNIT, [y]) for name, line in by_size.items() for x, y in line),
            *(Measure(f"room of {MEMBERS}, among {x:,.0f} sockets", UNIT, [y]) for x, y in by_sockets),
            *(Measure(f"{x:,.0f} busy rooms of {MEMBERS}", UNIT, [y]) for x, y in by_rooms),
        ],
        [
            flat("room size", [(x, y) for x, y in by_size[OURS] if x >= MEMBERS]),
            flat("sockets", by_sockets),
            flat("rooms", by_rooms),
        ],
        [
            Curve("size", "Deliveries by size of the room", "members", UNIT, by_size),
            Curve("sockets", f"A room of {MEMBERS} among idle sockets", "sockets", UNIT, {OURS: by_sockets}),
            Curve("rooms", f"Busy rooms of {MEMBERS}", "rooms", UNIT, {OURS: by_rooms}),
        ],
        notes=notes,
    )


def point(
    bench: Bench, contestant: Contestant, crowd: Crowd, redis: Redis, *, x: int, rooms: int
) -> tuple[float, float]:
    """Publish into so many of the crowd's rooms, each with its own messages under way."""
    found = fan_out(
        bench, contestant, crowd, redis,
        outstanding=OUTSTANDING * rooms, seconds=bench.pick(2, 0.5), published_rooms=rooms,
    )  # fmt: skip
    bench.say(f"  {contestant.name}, {x}: {per_cpu_second(found):,.0f} {UNIT}")
    return x, per_cpu_second(found)


def few(bench: Bench, places: tuple[int, ...]) -> tuple[int, ...]:
    return places[1:4:2] if bench.quick else places


def flat(what: str, line: Points) -> Claim:
    costs = [1 / y for _, y in line]
    dearer = max(costs) / min(costs) - 1
    reached = f"the dearest point costs {dearer:.0%} more than the cheapest"
    return Claim(
        f"a delivery's cost over {what} is flat (within {DEARER_AT_MOST:.0%})", reached, dearer <= DEARER_AT_MOST
    )
