"""Tests of the supervisor, with small processes in the services' place."""
