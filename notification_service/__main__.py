"""`python -m notification_service`."""

from chatflow.process.processes import run_service
from notification_service.service import serve

if __name__ == "__main__":
    run_service(serve, service="notification_service")
