"""The job queue, which brings jobs from the chat workers to the notification service."""
