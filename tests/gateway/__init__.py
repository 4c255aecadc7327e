"""Tests of the gateway: its rules alone, its engine with stock clients, and the whole of it between fakes."""
