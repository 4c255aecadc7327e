"""Writes people's settings to message_service, many in one call."""

from chatflow.http.service_client import ServiceClient
from chatflow.wire.personal import HideWrite, Outcome, PersonalAnswer, PersonalRequest, PersonalWrite
from gateway.sessions.batching import Batcher

WRITES_PER_CALL = 200


class PersonalWrites:
    """Runs one call at a time, so that the last of several writes of a person wins."""

    def __init__(self, messages: ServiceClient) -> None:
        self._messages = messages
        self._writes: Batcher[PersonalWrite, Outcome] = Batcher(self._call, limit=WRITES_PER_CALL, parallel=1)

    async def write(self, write: PersonalWrite) -> Outcome:
        return await self._writes.submit(write)

    async def show_again(self, user_id: str, room_id: str) -> None:
        """End the hiding of a direct room."""
        await self.write(HideWrite(user_id=user_id, room_id=room_id, seq=None))

    async def _call(self, writes: list[PersonalWrite]) -> list[Outcome]:
        answer = await self._messages.call(
            "/internal/personal", PersonalRequest(writes=writes), PersonalAnswer, idempotent=True
        )
        return answer.outcomes
