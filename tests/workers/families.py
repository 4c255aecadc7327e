"""Tests that share something expensive are a family, all of which one worker runs; what takes long is begun first."""

import re

# Tests in here that name a scale share a product that runs for the whole folder.
SHARED_PRODUCT = ("tests/chat_ui", "tests/journeys", "tests/security")
# These name a scale too, but start a product of their own.
OWN_PRODUCT = (
    "tests/journeys/test_chaos.py",
    "tests/journeys/test_cluster.py",
    "tests/journeys/test_kills.py",
    "tests/journeys/test_outbox.py",
    "tests/journeys/test_owners.py",
    "tests/journeys/test_postgresql.py",
    "tests/journeys/test_take_over.py",
    "tests/journeys/test_webhooks.py",
    "tests/journeys/upgrade/",
    "tests/security/test_floods.py",
    "tests/security/test_guessing.py",
)
# These share their contestants, all of which have to be started.
WHOLE_FOLDERS = ("tests/benchmarks",)
# In the order of their turns: a long family that came last would leave the other worker without work.
LONG = ("tests/journeys", "tests/documents/test_development.py", "tests/chat_ui", "tests/security")
# They measure processor time, wait for what the kernel does, or hold a promise about seconds; each would be another
# in company.
ALONE = (
    "tests/chat_service/deciding/rules/test_text_costs.py",
    "tests/gateway/delivery/test_merging.py",
    "tests/gateway/engine/test_slow_clients.py",
    "tests/journeys/test_owners.py",
    "tests/security/test_crowds.py",
    "tests/security/test_floods.py",
)
SCALE = re.compile(r"\b\d+-gateways?\b")


def family_of(test: str) -> str:
    """Return what a test's family is called; most are a file."""
    file = test.partition("::")[0]
    folder = "/".join(file.split("/")[:2])
    if folder in WHOLE_FOLDERS:
        return folder
    scale = SCALE.search(test)
    if scale and folder in SHARED_PRODUCT and not file.startswith(OWN_PRODUCT):
        return f"{folder} {scale[0]}"
    return file


def turn_of(test: str) -> int:
    """Return the place of a test's family in the run; those who run alone come last, when nobody is kept waiting."""
    if runs_alone(test):
        return len(LONG) + 1
    return next((turn for turn, start in enumerate(LONG) if test.startswith(start)), len(LONG))


def runs_alone(test: str) -> bool:
    return test.startswith(ALONE)
