"""Asks a running user_service to give somebody another role in the installation."""

from chatflow.process.settings import Settings
from chatflow.protocol.objects import AccountRole, User
from chatflow.supervisor.reached_services import open_client


async def change_role(settings: Settings, *, username: str, role: AccountRole) -> User:
    """Return the account with its new role; raises `not_found`, or `conflict` for the last owner."""
    async with open_client(settings, service="user_service") as client:
        wanted = {"username": username, "role": role}
        return await client.post_json("/internal/users/role", wanted, User, idempotent=True)
