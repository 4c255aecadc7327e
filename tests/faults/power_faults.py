"""Power cuts of the processes that store acknowledged things in files: all of it has to be there afterwards."""

from collections.abc import Awaitable, Callable

from tests.actors import Actor, Refused
from tests.actors.actor import PASSWORD
from tests.faults.rig import BrokenPromise, Fault, Rig, sprung
from tests.faults.traps import POWER_CUT

OTHER_PASSWORD = "another correct horse battery staple 7"


def power_faults_of(rig: Rig) -> list[Fault]:
    """Return them; in a cluster the files are those of servers."""
    if rig.servers:
        return []
    return [
        Fault("power cut of message_service", cutting_power("message_service")),
        Fault("power cut of message_service after commit", springing_power("message_service", "after commit")),
        Fault("power cut of message_service mid-batch", springing_power("message_service", "mid-batch")),
        Fault("power cut of user_service", cut_user_service),
    ]


def cutting_power(name: str) -> Callable[[Rig], Awaitable[None]]:
    async def strike(rig: Rig) -> None:
        await cut(rig, name)

    return strike


def springing_power(name: str, phase: str) -> Callable[[Rig], Awaitable[None]]:
    """Cut it at a place of the process's work, the next time that it comes there."""

    async def strike(rig: Rig) -> None:
        pid = rig.process(name).pid
        assert pid is not None
        await sprung(rig, name, phase, how=POWER_CUT)
        await rig.replaced(name, dead_pid=pid)

    return strike


async def cut(rig: Rig, name: str) -> None:
    pid = rig.process(name).pid
    assert pid is not None
    rig.power(name).cut()
    await rig.replaced(name, dead_pid=pid)


async def cut_user_service(rig: Rig) -> None:
    """Cut it right behind a registration, a change of a password and the end of a session: each was acknowledged."""
    url = rig.system.url
    async with Actor(url, "changer") as changer, Actor(url, "leaver") as leaver, Actor(url, "newcomer") as newcomer:
        await changer.register()
        await leaver.register()
        await changer.rest.post("/api/auth/password/change", {"current": PASSWORD, "new": OTHER_PASSWORD})
        await leaver.rest.post("/api/auth/logout-all", {})
        await newcomer.register()
        await cut(rig, "user_service")
        await kept(newcomer.log_in())
        await kept(changer.rest.post("/api/auth/login", {"login": changer.username, "password": OTHER_PASSWORD}))
        await is_refused(leaver.refresh)


async def kept(attempt: Awaitable[object]) -> None:
    try:
        await attempt
    except Refused as error:
        raise BrokenPromise(f"an account lost after a power cut what was acknowledged: {error}") from error


async def is_refused(attempt: Callable[[], Awaitable[object]]) -> None:
    try:
        await attempt()
    except Refused:
        return
    raise BrokenPromise("a session that was ended goes on after a power cut")
