"""What two or more of ChatFlow's services share: the language they speak, the ports they use, and process plumbing."""

from chatflow.hidden_imports import hidden_imports

# For its console and for green threads it would import these wherever they are installed: 7 MB in each process.
with hidden_imports("rich", "better_exceptions", "colorama", "greenlet"):
    import structlog  # noqa: F401
