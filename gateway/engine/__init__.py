"""The Socket.IO engine: python-socketio and aiohttp, with one direct path from an event to a socket's transport."""
