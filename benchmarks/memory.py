"""How much memory several processes hold together, as Linux keeps it: a page of a file is there once for all."""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from resource import getpagesize

PROC = Path("/proc")
PAGE_BYTES = getpagesize()
FILES = "programs and libraries"
# Of an entry of `pagemap`: the page is in memory, and it is a file's and no copy of it.
PRESENT, OF_A_FILE = 1 << 63, 1 << 61


def held_bytes(processes: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Return what the processes of each name have alone, by their ids, and what all of them have of files, once."""
    held: Counter[str] = Counter()
    pages: set[tuple[str, int]] = set()
    for name, pid in processes:
        held[name] += own_bytes(pid)
        pages.update(file_pages(pid))
    return dict(held) | {FILES: len(pages) * PAGE_BYTES}


def own_bytes(pid: int) -> int:
    fields = dict(line.split(":", 1) for line in (PROC / str(pid) / "status").read_text().splitlines())
    return sum(int(fields[name].split()[0]) * 1024 for name in ("RssAnon", "RssShmem"))


def file_pages(pid: int) -> Iterator[tuple[str, int]]:
    """Yield the pages that a process has in memory of each file, by the file's device and inode and their place."""
    maps = (PROC / str(pid) / "maps").read_text().splitlines()
    with (PROC / str(pid) / "pagemap").open("rb") as pagemap:
        for span, _, offset, device, inode, *_ in map(str.split, maps):
            if inode == "0":
                continue
            first, end = (int(address, 16) // PAGE_BYTES for address in span.split("-"))
            pagemap.seek(8 * first)
            begins = int(offset, 16) // PAGE_BYTES
            for number, entry in enumerate(array("Q", pagemap.read(8 * (end - first)))):
                if entry & PRESENT and entry & OF_A_FILE:
                    yield f"{device} {inode}", begins + number
