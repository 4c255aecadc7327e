"""`chatflow up`: checks that everything can start, writes the plan, and becomes the supervisor."""

import os
import sys
from collections.abc import Callable
from typing import NoReturn

from msgspec.structs import replace

from chatflow.process.settings import Settings
from chatflow.supervisor.data_folder import generate_secrets, prepare_data_folder
from chatflow.supervisor.locks import take_data_folder
from chatflow.supervisor.plan import Plan, write_plan
from chatflow.supervisor.process_table import read_table
from chatflow.supervisor.refusal import StartRefused
from chatflow.supervisor.services import ROOT, plan_system
from chatflow.supervisor.valkey import end_leftover


def start_system(settings: Settings, *, change: Callable[[Plan], Plan] = lambda plan: plan) -> NoReturn:
    """Start everything and never return; if that cannot be done, print why in one line and exit.

    `change` may put other programs and addresses into the plan: fault runs start the same processes with traps in them.
    """
    settings = replace(settings, data_dir=settings.data_dir.absolute())
    # Only the owner may read what is below the data folder, also files that the processes make there.
    os.umask(0o077)
    try:
        prepare_data_folder(settings.data_dir)
        data_lock_fd = take_data_folder(settings.data_dir)
        end_leftover(settings.data_dir / "run", read_table(settings.data_dir))
        if settings.secrets_dir is None:
            generate_secrets(settings.data_dir / "secrets")
        path = write_plan(change(plan_system(settings, data_lock_fd=data_lock_fd)))
    except StartRefused as refusal:
        sys.exit(f"error: {refusal}")
    except OSError as error:
        sys.exit(f"error: {error.strerror}: {error.filename or settings.data_dir}")
    # Replaces this process, because the libraries of the command line take megabytes that a supervisor does not need.
    os.chdir(ROOT)
    os.execv(sys.executable, [sys.executable, "-m", "chatflow.supervisor.running", str(path)])  # noqa: S606
