"""`python -m gateway`."""

import gc
import resource
from functools import partial

from chatflow.process.processes import run_service
from gateway.service import serve


def spare_garbage_collection(*_: int) -> None:
    """Leave what was made at the start alone and look less often: what a message makes goes by itself."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def allow_many_sockets() -> None:
    """Take as many open files as the system lets us have; the usual 1,024 would be all sockets that there can be."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


if __name__ == "__main__":
    allow_many_sockets()
    run_service(partial(serve, on_listening=spare_garbage_collection), service="gateway")
