"""Returns the 19 MiB of a password hash to the system afterwards, instead of keeping them for the next one."""

import ctypes
import sys

M_MMAP_THRESHOLD = -3
# Less than a hash takes, more than anything else that we allocate at once.
LARGE_BLOCK_BYTES = 1024 * 1024


def return_large_blocks() -> None:
    """Set glibc's threshold for good; otherwise it raises it after the first large block, and keeps all later ones."""
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "mallopt"):
        libc.mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK_BYTES)
