"""Tests of message_service over HTTP: a process started as it is in earnest."""
