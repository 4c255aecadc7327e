"""Makes a Python process tell, when it ends, what it has imported: Python runs what has this name on its PYTHONPATH."""

import atexit
import os
import sys


def tell() -> None:
    name = os.environ.get("CHATFLOW_PROCESS_NAME", "supervisor")
    # Nothing is imported for this but what every Python has already.
    with open(f"{os.environ['MODULES_TOLD_IN']}/{name}", "w") as file:  # noqa: PTH123
        file.write("\n".join(sys.modules))


atexit.register(tell)
