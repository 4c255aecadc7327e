"""The tests of every part, and the rig they stand on: real servers, actors and the history checker."""
