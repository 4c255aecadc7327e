"""`python -m gateway`."""

import gc
from functools import partial

from chatflow.processes import run_service
from gateway.service import serve


def spare_garbage_collection(*_: int) -> None:
    """Leave what was made at the start alone and look less often: what a message makes goes by itself."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


if __name__ == "__main__":
    run_service(partial(serve, on_listening=spare_garbage_collection), service="gateway")
