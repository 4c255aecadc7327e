"""Lets `python -m chatflow` be the `chatflow` command."""

from chatflow.command import main

main()
