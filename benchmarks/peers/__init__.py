"""The servers that ChatFlow is measured against, each as small as a server can be written on it."""
