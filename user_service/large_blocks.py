"""Gives the 19 MiB that a password hash takes back to the system, instead of keeping them for the next one."""

import ctypes
import sys

M_MMAP_THRESHOLD = -3
# Below a hash's memory, above everything else that we allocate at once.
LARGE_BLOCK_BYTES = 1024 * 1024


def return_large_blocks() -> None:
    """Keep glibc from its habit: having freed one large block, it keeps all later ones of that size for reuse."""
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "mallopt"):
        libc.mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK_BYTES)
