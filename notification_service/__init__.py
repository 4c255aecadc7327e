"""Tells people what concerns them: takes the jobs that events owe, decides whom to tell, and keeps their inbox.

An event alerts people, and a notice is what one person is told of it. Notifications is the name that people see.
"""
