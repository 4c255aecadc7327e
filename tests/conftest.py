"""What every test may ask for."""

# In the order in which they import each other, so that pytest sees each before it is used.
pytest_plugins = ["tests.servers.skips", "tests.servers.fixtures", "tests.actors.fixtures", "tests.journeys.scales"]
