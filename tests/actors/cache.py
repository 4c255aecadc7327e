"""What tests install from package registries, kept in the user's cache until what it was made from changes."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path


def cached(name: str, *sources: Path, install: Callable[[Path], None]) -> Path:
    """Return a folder that holds the sources and what `install` adds to them, made once for all processes."""
    digest = hashlib.sha256()
    for source in sources:
        digest.update(source.read_bytes())
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "chatflow"
    folder = cache / f"{name}-{digest.hexdigest()[:12]}"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            unfinished = folder.with_suffix(".unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            for source in sources:
                shutil.copy(source, unfinished / source.name)
            install(unfinished)
            unfinished.rename(folder)
    return folder
