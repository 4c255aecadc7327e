"""The shared package, each module by itself."""
