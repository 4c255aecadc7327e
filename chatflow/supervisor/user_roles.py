"""Gives somebody another role in the installation, by a running user_service."""

from chatflow.process.settings import Settings
from chatflow.protocol.objects import AccountRole, User
from chatflow.supervisor.reached_services import open_client


async def change_role(settings: Settings, *, username: str, role: AccountRole) -> User:
    """Return whose role it is now; raises what user_service answers: `not_found`, or `conflict` for the last owner."""
    async with open_client(settings, service="user_service") as client:
        wanted = {"username": username, "role": role}
        return await client.post_json("/internal/users/role", wanted, User, idempotent=True)
