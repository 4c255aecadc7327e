"""The commands that end sessions, each a file of its name, as Django finds them."""
