"""What draws a page: pictures of one version of Chromium and one set of fonts are no measure for another's."""

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

from tests.chat_ui.browsers import find_chromium

KEPT = Path(__file__).parent / "references" / "renderer.txt"


def describe_renderer() -> str:
    """Return the browser's major version, and a sum over the names of the machine's fonts."""
    chromium = find_chromium()
    version = run(chromium, "--version") if chromium else ""
    major = re.search(r"\d+", version)
    fonts = sorted(run("fc-list", ":", "family", "style").splitlines()) if shutil.which("fc-list") else []
    digest = hashlib.sha256("\n".join(fonts).encode()).hexdigest()[:16]
    return f"Chromium {major[0] if major else 'unknown'}, fonts {digest}\n"


def is_the_one_of_the_pictures() -> bool:
    return KEPT.exists() and KEPT.read_text() == describe_renderer()


def keep_renderer() -> None:
    KEPT.write_text(describe_renderer())


def run(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
