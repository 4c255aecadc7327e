"""The notification service: whom it tells, what it keeps, and that nothing is lost or told twice."""

from tests.notification_service.orm import set_up

set_up()
