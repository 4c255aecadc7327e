"""Makes accounts and a room for load generators that cannot do it themselves: `python -m benchmarks.accounts URL N`.

It prints a CSV with a line per account: name, password, access token, and the room that all of them may join.
"""

import asyncio
import csv
import secrets
import sys

from benchmarks.people import connected, sign_up


async def prepare(url: str, count: int) -> list[tuple[str, str, str, str]]:
    password = secrets.token_urlsafe(18)
    people = await sign_up(url, count, password=password, prefix=f"load-{secrets.token_hex(3)}")
    async with connected(url, people[0]) as founder:
        cid = secrets.token_hex(8)
        made = await founder.call("room:create", {"cid": cid, "kind": "channel", "name": f"load {cid}"})
    return [(person.name, password, person.access, made["room"]["id"]) for person in people]


if __name__ == "__main__":
    csv.writer(sys.stdout).writerows(asyncio.run(prepare(sys.argv[1], int(sys.argv[2]))))
