"""A signing key is private to its owner, made once, and named by what it is."""

import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chatflow.auth.keys import jwk_of, make_key_file, open_push_key, open_token_key, thumbprint
from chatflow.process.settings import SettingsError


def test_the_key_is_made_on_first_start_for_its_owner_alone_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "token.pem"

    made = open_token_key(path)

    assert path.stat().st_mode & 0o777 == 0o600
    assert open_token_key(path).private_bytes_raw() == made.private_bytes_raw()
    assert [file.name for file in path.parent.iterdir()] == ["token.pem"]


def test_processes_that_start_together_share_one_key(tmp_path: Path) -> None:
    path = tmp_path / "token.pem"
    keys: list[Ed25519PrivateKey] = []
    together = threading.Barrier(8)

    def start() -> None:
        together.wait()
        keys.append(open_token_key(path))

    starting = [threading.Thread(target=start) for _ in range(8)]
    for thread in starting:
        thread.start()
    for thread in starting:
        thread.join()

    assert len({key.private_bytes_raw() for key in keys}) == 1
    assert len(keys) == 8


def test_a_key_that_another_process_made_meanwhile_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "token.pem"
    first = open_token_key(path)

    make_key_file(path, Ed25519PrivateKey.generate())

    assert open_token_key(path).private_bytes_raw() == first.private_bytes_raw()
    assert [file.name for file in tmp_path.iterdir()] == ["token.pem"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_that_others_can_read_is_refused_on_one_line(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "token.pem"
    open_token_key(path)
    path.chmod(mode)

    with pytest.raises(SettingsError, match=r"can be read by others; run: chmod 600") as refused:
        open_token_key(path)

    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_file_that_holds_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "token.pem"
    path.write_bytes(content)
    path.chmod(0o600)

    with pytest.raises(SettingsError, match="holds no private key"):
        open_token_key(path)


def test_a_key_in_the_way_of_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secrets").write_text("a file where the folder should be")

    with pytest.raises(SettingsError, match="cannot be used"):
        open_token_key(tmp_path / "secrets" / "token.pem")


def test_a_key_is_named_by_its_thumbprint_as_rfc_8037_shows_it() -> None:
    assert thumbprint("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo") == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    assert jwk_of(Ed25519PrivateKey.generate().public_key()).alg == "EdDSA"


def test_the_key_for_push_is_made_once_and_is_of_the_kind_that_push_services_take(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "push.pem"

    made = open_push_key(path)

    assert made.curve.name == "secp256r1"
    assert open_push_key(path).private_numbers() == made.private_numbers()
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    token, push, other = tmp_path / "token.pem", tmp_path / "push.pem", tmp_path / "other.pem"
    open_token_key(token)
    open_push_key(push)
    make_key_file(other, generate_private_key(SECP384R1()))

    for path in (token, other):
        with pytest.raises(SettingsError, match="holds no P-256 key"):
            open_push_key(path)
    with pytest.raises(SettingsError, match="holds no Ed25519 key"):
        open_token_key(push)
