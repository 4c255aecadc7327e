"""The notification service: whom it tells, what it keeps, and that nothing is lost or told twice."""
