"""Tells pytest-xdist how to share out the tests; a run without workers is as it always was."""

from collections.abc import Generator

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests.workers.company import company
from tests.workers.families import family_of, runs_alone, turn_of


class ByFamily(LoadScopeScheduling):  # type: ignore[misc]
    """Gives whole families to the workers, in the order in which they were collected."""

    def _split_scope(self, nodeid: str) -> str:
        return family_of(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    config.option.loadscopereorder = False
    return ByFamily(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if is_worker(config):
        items.sort(key=lambda item: turn_of(item.nodeid))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    if not is_worker(item.config):
        return (yield)
    with company(is_wanted=not runs_alone(item.nodeid)):
        return (yield)


def is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")
