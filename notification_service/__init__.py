"""Tells people what concerns them: takes the jobs that events owe, decides whom to tell, and keeps their notices.

An event alerts people, and a notice is what one person is told of it. Only this service and its paths are called
by what browsers show: notifications.
"""
