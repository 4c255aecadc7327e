"""How a run with several workers (`pytest -n 2`, as `make test` is) shares out the tests, and who runs alone."""
