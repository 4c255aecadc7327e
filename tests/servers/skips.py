"""What happens to tests whose server cannot be had: skipped by name and counted, or failed where it was installed."""

import os
import re
from collections import Counter
from collections.abc import Iterable
from typing import NoReturn

import pytest

from tests.servers.server import ServerMissing

# The gate sets this where it has installed every server itself.
REQUIRED_VARIABLE = "TEST_REQUIRE_SERVERS"
REASON = re.compile(r"for want of (?P<server>[\w-]+) \(")


def give_up_without(missing: ServerMissing) -> NoReturn:
    reason = f"for want of {missing.server} ({missing})"
    if os.environ.get(REQUIRED_VARIABLE, "") not in ("", "0"):
        pytest.fail(f"{REQUIRED_VARIABLE} is set, yet this test cannot run {reason}", pytrace=False)
    pytest.skip(reason)


def count_by_server(reasons: Iterable[str]) -> Counter[str]:
    """Return how many tests were skipped for want of each server, given why each was skipped."""
    matches = (REASON.search(reason) for reason in reasons)
    return Counter(match["server"] for match in matches if match)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    counts = count_by_server(str(report.longrepr) for report in terminalreporter.stats.get("skipped", []))
    if counts:
        listed = ", ".join(f"{server} ({count} tests)" for server, count in sorted(counts.items()))
        terminalreporter.write_line(f"skipped for want of: {listed}", yellow=True)
