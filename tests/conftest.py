"""What every test may ask for."""

import structlog

# In the order in which they import each other, so that pytest sees each before it is used.
pytest_plugins = [
    "tests.servers.skips",
    "tests.servers.fixtures",
    "tests.actors.fixtures",
    "tests.journeys.scales",
    "tests.workers.hooks",
]

# A traceback with every variable drawn, as `rich` does it, takes longer than what many a test waits for.
PLAIN = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
structlog.configure(processors=[*structlog.get_config()["processors"][:-1], PLAIN])
