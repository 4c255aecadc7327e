"""The data folder: made at the first start, readable by its owner only, and checked at every start."""

import errno
import os
import secrets
import shutil
from pathlib import Path

from chatflow.process.settings import PREFIX
from chatflow.supervisor.refusal import StartRefused

SUBFOLDERS = ("run", "logs", "secrets")
# With less space a database may start, and fail within its first hour.
FREE_BYTES_AT_LEAST = 64 * 1024 * 1024
GENERATED_SECRETS = ("service_secret", "django_secret_key")


def prepare_data_folder(data_dir: Path, *, free_bytes_at_least: int = FREE_BYTES_AT_LEAST) -> None:
    """Make the folder and check that it can be written to; raise StartRefused if not."""
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in SUBFOLDERS:
            (data_dir / name).mkdir(mode=0o700, exist_ok=True)
        trial = data_dir / "run" / "writable"
        trial.write_bytes(b"yes\n")
        trial.unlink()
        free_bytes = shutil.disk_usage(data_dir).free
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise no_space(data_dir, free_bytes=0, wanted_bytes=free_bytes_at_least) from None
        raise StartRefused(
            f"cannot write to {data_dir} ({error.strerror}): choose another folder with --data DIR, or change its owner"
        ) from None
    if free_bytes < free_bytes_at_least:
        raise no_space(data_dir, free_bytes=free_bytes, wanted_bytes=free_bytes_at_least)


def no_space(data_dir: Path, *, free_bytes: int, wanted_bytes: int) -> StartRefused:
    return StartRefused(
        f"{data_dir} has {free_bytes // 2**20} MiB left and needs {wanted_bytes // 2**20}: "
        "free some space, or choose another folder with --data DIR"
    )


def generate_secrets(secrets_dir: Path) -> None:
    """Write each secret that is not there yet, in files as the settings read them, for the owner only."""
    for name in GENERATED_SECRETS:
        path = secrets_dir / f"{PREFIX}{name}".lower()
        if path.exists():
            continue
        # Written under another name first, so that a start that is cut off leaves no empty secret.
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
