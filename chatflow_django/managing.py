"""What `manage.py` of each Django service does: Django's commands, with the settings of the installation."""

import os
import sys
from pathlib import Path

from django.core.management import execute_from_command_line
from django.db import DatabaseError

from chatflow.errors import ChatFlowError
from chatflow.process.settings import SettingsError, load_settings
from chatflow.process.telemetry import configure_telemetry

USAGE = "error: --data needs a folder: python -m {service}.manage --data DIR COMMAND"


def manage(service: str, *, settings_module: str) -> None:
    """Run the command that the arguments name; an error is one line.

    `--data DIR` before the command is the data folder of an installation on this machine, as for `chatflow up`. All
    else comes from the environment, as for the service itself.
    """
    arguments = sys.argv[1:]
    if arguments[:1] == ["--data"]:
        if len(arguments) < 2:
            sys.exit(USAGE.format(service=service))
        os.environ["CHATFLOW_DATA_DIR"] = arguments[1]
        arguments = arguments[2:]
    # Where `chatflow up` keeps the secrets that it made.
    made_secrets = Path(os.environ.get("CHATFLOW_DATA_DIR", "var")) / "secrets"
    os.environ.setdefault("CHATFLOW_SECRETS_DIR", str(made_secrets))
    os.environ["DJANGO_SETTINGS_MODULE"] = settings_module
    try:
        configure_telemetry(load_settings(), service=service)
        execute_from_command_line([f"python -m {service}.manage", *arguments])
    except (ChatFlowError, SettingsError, DatabaseError, OSError) as error:
        sys.exit(f"error: {' '.join(str(error).split())}")
