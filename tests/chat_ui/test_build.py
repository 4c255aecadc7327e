"""The client is built when it changed, fits a strict content policy, and its lock file names no place."""

import gzip
import json
import re

from tests.chat_ui.build import CHAT_UI, run_build

FIRST_SCRIPT_BYTES = 200_000


def test_a_client_that_did_not_change_is_not_built_again() -> None:
    run_build()
    assert run_build() == "chat_ui: up to date\n"


def test_what_is_large_has_a_packed_copy_that_says_the_same() -> None:
    run_build()
    scripts = [path for path in (CHAT_UI / "dist").rglob("*.js") if path.stat().st_size > 2000]
    assert scripts
    for script in scripts:
        packed = script.with_name(f"{script.name}.gz").read_bytes()
        assert gzip.decompress(packed) == script.read_bytes()
        # For browsers that take it, by Brotli.
        assert 0 < script.with_name(f"{script.name}.br").stat().st_size < len(packed)


def test_what_the_page_loads_first_is_small() -> None:
    run_build()
    dist = CHAT_UI / "dist"
    scripts = re.findall(r'(?:src|href)="/(assets/[^"]+\.js)"', (dist / "index.html").read_text())
    assert scripts
    # And the words of one language, of which Korean has more.
    (words,) = (dist / "assets").glob("ko-*.js")
    size = sum(len(gzip.compress(path.read_bytes())) for path in [*(dist / name for name in scripts), words])
    assert size <= FIRST_SCRIPT_BYTES


def test_the_page_carries_no_inline_script_or_style() -> None:
    run_build()
    page = (CHAT_UI / "dist" / "index.html").read_text()
    assert "<style" not in page
    assert "style=" not in page
    assert page.count("<script") == page.count('<script type="module" crossorigin src=') == 1


def test_the_lock_file_names_no_place_to_download_from() -> None:
    text = (CHAT_UI / "package-lock.json").read_text()
    # Not even to where one could thank somebody.
    assert "://" not in text
    packages = json.loads(text)["packages"]
    locked = {name: package for name, package in packages.items() if name}
    assert len(locked) > 30
    assert [name for name, package in locked.items() if "resolved" in package] == []
    assert [name for name, package in locked.items() if "integrity" not in package] == []
