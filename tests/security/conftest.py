"""The same running product as for the journeys, with the same people; strangers come with bare hands."""

import pytest

from tests.journeys.conftest import clings, invite, system, url, writer
from tests.security.stranger import Stranger

__all__ = ["clings", "invite", "system", "url", "writer"]


@pytest.fixture
def stranger(url: str) -> Stranger:
    return Stranger(url)
