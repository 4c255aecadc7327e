"""Large bodies that nobody asked for are no service's failure, and are taken from nobody without an account."""

import pytest

from tests.journeys.conftest import Invite
from tests.security.stranger import Stranger

# More than it takes to open a breaker.
BODIES = 12


@pytest.mark.parametrize("size", [60_000, 1 << 20, 4 << 20], ids=["60 kB", "1 MB", "4 MB"])
async def test_uploads_that_no_service_takes_keep_nobody_from_their_rooms(
    invite: Invite, stranger: Stranger, size: int
) -> None:
    alice = await invite("alice")
    bearer = f"Bearer {await alice.access_token()}"
    for _ in range(BODIES):
        assert (await stranger.ask("/api/files", method="POST", body=b"x" * size)).status in (401, 404)
        assert (await stranger.ask("/api/files", method="POST", body=b"x" * size, Authorization=bearer)).status == 404
        assert (await stranger.ask("/api/rooms", Authorization=bearer)).status == 200
