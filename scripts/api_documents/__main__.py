"""`python -m scripts.api_documents` writes all documents; with `--check` it only names those that are stale."""

import sys

from scripts.api_documents.files import stale, write


def main(arguments: list[str]) -> None:
    if arguments == ["--check"]:
        if names := stale():
            raise SystemExit(f"error: {', '.join(names)} are not as the code says; run `make api`")
    elif arguments:
        raise SystemExit("usage: python -m scripts.api_documents [--check]")
    else:
        write()


if __name__ == "__main__":
    main(sys.argv[1:])
