"""People for the tests: they use only the public protocol, through stock clients, as any other app would."""

from tests.actors.actor import Actor
from tests.actors.answers import ConnectionLost, Refused, SignInRefused
from tests.actors.device import Device
from tests.actors.recording import Recorder

__all__ = ["Actor", "ConnectionLost", "Device", "Recorder", "Refused", "SignInRefused"]
