"""Makes a Python process write what it imported to a file when it ends: Python runs a module of this name by itself."""

import atexit
import os
import sys


def record() -> None:
    name = os.environ.get("CHATFLOW_PROCESS_NAME", "supervisor")
    # Nothing is imported for this but what every Python has already.
    with open(f"{os.environ['MODULES_FOLDER']}/{name}", "w") as file:  # noqa: PTH123
        file.write("\n".join(sys.modules))


atexit.register(record)
