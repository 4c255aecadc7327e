"""The browser client: its own checks, its build, and journeys in a real browser."""
