"""Keeps a library from importing what it would only use if it were asked to, where memory is counted."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import cast


@contextmanager
def hidden_imports(*names: str) -> Iterator[None]:
    """Let these modules look absent to whatever is imported meanwhile; one that is already there stays visible.

    REST framework imports requests, PyYAML and psycopg wherever they are installed, which costs a process 15 MB.
    """
    hidden = [name for name in names if name not in sys.modules]
    for name in hidden:
        # Python's own sign for "do not look for it".
        sys.modules[name] = cast(ModuleType, None)
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
