"""What the models say is what the migrations make of a database."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_no_model_is_ahead_of_its_migrations(tmp_path: Path) -> None:
    asked = subprocess.run(
        [sys.executable, "-m", "django", "makemigrations", "--check", "--dry-run"],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "user_service.settings", "CHATFLOW_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (asked.stdout, asked.returncode) == ("No changes detected\n", 0), asked.stderr
