"""Fault runs: they break a running system on purpose, and check that it keeps its promises."""
