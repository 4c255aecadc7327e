"""The ways on which notices reach people outside of the app: one folder for each."""
