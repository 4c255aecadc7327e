"""The same running product as for the journeys, with the same people; strangers come with bare hands."""

from collections.abc import Awaitable, Callable

import pytest

from chatflow.process.settings import Settings
from chatflow.protocol.objects import AccountRole
from chatflow.supervisor.reached_services import settings_of_running
from chatflow.supervisor.user_roles import change_role
from tests.actors import Actor
from tests.journeys.conftest import invite, keeps_connections, system, url, writer
from tests.journeys.system import System
from tests.security.stranger import Stranger

GiveRole = Callable[[Actor, AccountRole], Awaitable[None]]

__all__ = ["invite", "keeps_connections", "system", "url", "writer"]


@pytest.fixture
def stranger(url: str) -> Stranger:
    return Stranger(url)


@pytest.fixture
def give_role(system: System) -> GiveRole:
    """Call `await give_role(alice, "admin")`: she acts as one from then on."""
    settings = settings_of_running(Settings(data_dir=system.data), service="user_service")

    async def give(actor: Actor, role: AccountRole) -> None:
        await change_role(settings, username=actor.username, role=role)
        # The role comes with the next token.
        await actor.refresh()
        assert actor.user["role"] == role

    return give
