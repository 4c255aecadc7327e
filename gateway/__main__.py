"""Runs the gateway: `python -m gateway`."""

import gc
import resource
from functools import partial

from chatflow.process.processes import run_service
from gateway.service import serve


def spare_garbage_collection(*_: int) -> None:
    """Exempt all objects of the start from garbage collection, and collect less often: messages leave no cycles."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def allow_many_sockets() -> None:
    """Raise the limit of open files to what the system allows; the usual 1,024 would also limit the sockets."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


if __name__ == "__main__":
    allow_many_sockets()
    run_service(partial(serve, on_listening=spare_garbage_collection), service="gateway")
