"""Tells people what concerns them: takes the jobs that events owe, decides whom to tell, and keeps their inbox."""
