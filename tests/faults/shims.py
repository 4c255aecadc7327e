"""Our own small libraries that a fault run puts into a process before anything else, built once for each source."""

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

SOURCES = Path(__file__).parent
FLAGS = ["-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror"]


def build_shim(name: str) -> Path:
    """Return the library made of `<name>.c` and its headers; whoever is first builds it for all."""
    source = SOURCES / f"{name}.c"
    sources = sorted(SOURCES.glob(f"{name}*.[ch]"))
    digest = hashlib.sha256(b"".join(part.read_bytes() for part in sources)).hexdigest()[:16]
    library = Path(tempfile.gettempdir()) / f"chatflow-{name}-{digest}.so"
    if not library.exists():
        compiler = shutil.which("cc") or shutil.which("gcc")
        if compiler is None:
            raise RuntimeError("a fault run needs a C compiler: install gcc")
        with tempfile.TemporaryDirectory(dir=library.parent) as folder:
            fresh = Path(folder) / library.name
            subprocess.run([compiler, *FLAGS, str(source), "-o", str(fresh), "-ldl", "-lpthread"], check=True)
            fresh.replace(library)
    return library


def preloaded(environment: dict[str, str], *libraries: Path) -> dict[str, str]:
    """Return the environment of a process that begins with these libraries."""
    return environment | {"LD_PRELOAD": ":".join(map(str, libraries))}
