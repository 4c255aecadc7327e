"""Settings refuse what nobody meant: unknown names, wrong types, placeholder secrets; and never print a secret."""

import secrets
from pathlib import Path

import pytest

from chatflow.process.settings import SettingsError, load_settings, masked_lines, read_settings

SECRET = secrets.token_hex(32)


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CHATFLOW_PORT", "CHATFLOW_SERVICE_SECRET", "CHATFLOW_SECRETS_DIR"):
        monkeypatch.delenv(name, raising=False)


def test_an_unknown_setting_is_fatal_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATFLOW_PROT", "8080")

    with pytest.raises(SettingsError, match="CHATFLOW_PROT"):
        load_settings()


def test_a_wrong_value_is_named_without_being_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATFLOW_PORT", "hunter2")

    with pytest.raises(SettingsError, match="CHATFLOW_PORT") as caught:
        load_settings()

    assert "hunter2" not in str(caught.value)


def test_all_wrong_values_are_named_together() -> None:
    wrong = {"CHATFLOW_PORT": "65536", "CHATFLOW_COOKIE_SECURE": "perhaps", "CHATFLOW_WORKERS": "0"}

    with pytest.raises(SettingsError, match=r"^CHATFLOW_PORT: .*; CHATFLOW_COOKIE_SECURE: .*; CHATFLOW_WORKERS: .*$"):
        read_settings(wrong)


def test_values_have_the_types_that_the_table_says() -> None:
    named = {"CHATFLOW_PROCESS_NAME": "1", "CHATFLOW_DATA_DIR": "here"}
    settings = read_settings(
        {"CHATFLOW_PORT": "0", "CHATFLOW_COOKIE_SECURE": "true", "CHATFLOW_LIFELINE_FD": "7"} | named
    )

    assert (settings.port, settings.cookie_secure, settings.lifeline_fd) == (0, True, 7)
    assert (settings.data_dir, settings.process_name) == (Path("here"), "1")


@pytest.mark.parametrize("placeholder", ["changeme", "change-me-" + "x" * 40, "short", "secret" * 8])
def test_a_placeholder_secret_is_refused(monkeypatch: pytest.MonkeyPatch, placeholder: str) -> None:
    monkeypatch.setenv("CHATFLOW_SERVICE_SECRET", placeholder)

    with pytest.raises(SettingsError, match="CHATFLOW_SERVICE_SECRET"):
        load_settings()


def test_a_missing_secret_is_demanded_by_name() -> None:
    with pytest.raises(SettingsError, match="CHATFLOW_SERVICE_SECRET"):
        load_settings().require("service_secret")


def test_secrets_are_read_from_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "chatflow_service_secret").write_text(f"{SECRET}\n")
    (tmp_path / "token.pem").write_bytes(b"\xff is none of ours")
    monkeypatch.setenv("CHATFLOW_SECRETS_DIR", str(tmp_path))

    settings = load_settings()

    assert settings.service_secret is not None
    assert settings.service_secret.get_secret_value() == SECRET


def test_the_environment_comes_before_the_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "chatflow_process_name").write_text("of the file")
    monkeypatch.setenv("CHATFLOW_SECRETS_DIR", str(tmp_path))
    monkeypatch.setenv("CHATFLOW_PROCESS_NAME", "of the environment")

    assert load_settings().process_name == "of the environment"


def test_a_secret_does_not_show_in_a_traceback_or_a_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATFLOW_SERVICE_SECRET", SECRET)

    settings = load_settings()

    assert SECRET not in f"{settings!r} {settings.service_secret} {settings.service_secret!r}"


def test_printed_settings_hide_every_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATFLOW_SERVICE_SECRET", SECRET)
    monkeypatch.setenv("CHATFLOW_USER_DATABASE_URL", "postgresql://chat:hunter2@db/chat")

    printed = "\n".join(masked_lines(load_settings()))

    assert SECRET not in printed
    assert "hunter2" not in printed
    assert "postgresql://chat:**********@db/chat" in printed


def test_origins_are_listed_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATFLOW_ALLOWED_ORIGINS", "https://a.example, https://b.example")

    assert load_settings().allowed_origins == ["https://a.example", "https://b.example"]


def test_inner_addresses_that_may_be_dialled_are_networks_or_places() -> None:
    given = "10.0.0.0/8, fd00::/8, hooks.internal:8443, 127.0.0.1:9, [::1]:9"
    settings = read_settings({"CHATFLOW_OUTBOUND_ALLOWED": given})

    assert len(settings.outbound_allowed) == 5
    for wrong in ("10.0.0.1/8", "hooks.internal", "hooks.internal:0", "hooks.internal:99999", ":80"):
        with pytest.raises(SettingsError, match="CHATFLOW_OUTBOUND_ALLOWED"):
            read_settings({"CHATFLOW_OUTBOUND_ALLOWED": wrong})
