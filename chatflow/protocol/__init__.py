"""The public protocol as types: the objects, the events of a room's log, the commands and their replies."""
