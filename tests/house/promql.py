"""Which series our processes show, and which ones an expression asks for."""

import functools
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SERVICE_PACKAGES = ("gateway", "chat_service", "message_service", "user_service", "notification_service")
# What each service shares with others, and shows as its own.
SHARED = {
    "message_service": ("chatflow", "chatflow_django"),
    "user_service": ("chatflow", "chatflow_django"),
}
# Made by Prometheus itself, and by its client for every process.
GIVEN = {"up", "process_cpu_seconds_total", "process_resident_memory_bytes"}
# In a process of its own, because metrics register themselves where they are imported, and once. What the registry
# tells is what a scrape gets, whoever wrote the collector.
LIST_SERIES = """
import importlib, sys
from prometheus_client import REGISTRY
for name in sys.argv[1:]:
    importlib.import_module(name)
ends = {"counter": ["_total"], "gauge": [""], "histogram": ["_bucket", "_sum", "_count"], "summary": ["_sum", "_count"]}
for family in REGISTRY.collect():
    for end in ends.get(family.type, []):
        print(family.name + end)
"""
WORDS = {"and", "or", "unless", "bool", "offset", "group_left", "group_right"}
NOT_METRICS = re.compile(
    r"""\{[^}]*\}                               # labels
      | \[[^\]]*\]                              # a range
      | "[^"]*"
      | \b(?:by|without|on|ignoring)\s*\([^)]*\)
      | \b[a-z_][a-z0-9_]*(?=\s*(?:\(|by\b|without\b))   # a function or an aggregation
    """,
    re.VERBOSE,
)


def defined_series() -> set[str]:
    """Return the name of every series that some process of ours shows."""
    return GIVEN.union(*(shown_by(package) for package in SERVICE_PACKAGES))


def ambiguous_series() -> set[str]:
    """Return the series that several services define separately: the same name would have a meaning for each."""
    shared = shown_by("chatflow") | shown_by("chatflow_django")
    own = [shown_by(package) - shared for package in SERVICE_PACKAGES]
    return {name for names in own for name in names if sum(name in others for others in own) > 1}


@functools.cache
def shown_by(package: str) -> frozenset[str]:
    """Return the series of a process that runs this package; two services may not be loaded into one registry."""
    packages = dict.fromkeys((*SHARED.get(package, ("chatflow",)), package))
    modules = [module for each in packages for module in metric_modules(each)]
    command = [sys.executable, "-c", LIST_SERIES, *modules]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return frozenset(name for name in shown.stdout.split() if name.startswith("chatflow_"))


def metric_modules(package: str) -> list[str]:
    """Return the package's modules that import prometheus_client."""
    return [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in sorted((ROOT / package).rglob("*.py"))
        if re.search(r"^(from|import) prometheus_client", path.read_text(), re.MULTILINE)
    ]


def series_of(expression: str) -> set[str]:
    """Return the series that a PromQL expression asks for."""
    bare = NOT_METRICS.sub(" ", expression)
    return set(re.findall(r"(?<![\w.])[a-zA-Z_:][\w:]*", bare)) - WORDS
