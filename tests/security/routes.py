"""Every event and every route that there is, as the programs themselves know them."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from itertools import chain

import msgspec
from aiohttp import web

from chatflow.http.probes import probe_routes
from chatflow.process.settings import Settings
from chatflow.protocol import commands, queries
from gateway.commands.rest_commands import RestCommands
from gateway.sessions.address_rates import AddressRates
from gateway.web.documents import Documents
from gateway.web.listeners import public_app
from gateway.web.proxy import Proxy
from gateway.web.status import SystemStatus
from notification_service.channels.email.api import MailApi
from notification_service.channels.web_push.api import PushApi
from notification_service.inbox.api import NotificationsApi
from notification_service.inbox.preferences_api import PreferencesApi
from notification_service.inbox.why_api import WhyApi
from notification_service.jobs.api import FailedJobsApi
from tests.journeys.system import ROOT

DJANGO_SERVICES = ("message_service", "user_service")
# Prints each route's path and methods; a view that is a function takes what it likes, and is asked by POST.
LIST_ROUTES = """
import json, sys
from importlib import import_module
import django
django.setup()
VERBS = ("get", "post", "put", "patch", "delete")
patterns = import_module(sys.argv[1] + ".urls").urlpatterns
views = [(str(pattern.pattern), getattr(pattern.callback, "view_class", None)) for pattern in patterns]
print(json.dumps([[path, [verb.upper() for verb in VERBS if hasattr(view, verb)]] for path, view in views]))
"""


def events() -> set[str]:
    """Return the names of all events that a client's payload is defined for."""
    defined = [*vars(commands).values(), *vars(queries).values()]
    kinds = [kind for kind in defined if isinstance(kind, type) and issubclass(kind, msgspec.Struct)]
    return {str(kind.__struct_config__.tag) for kind in kinds if kind.__struct_config__.tag is not None}


def routes() -> set[str]:
    """Return all routes of all services, as `GET /path/{with}/{names}`."""
    found = {route for service in DJANGO_SERVICES for route in django_routes(service)}
    return found | set(gateway_routes()) | set(notification_routes())


def django_routes(service: str) -> Iterable[str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("CHATFLOW_")}
    listed = subprocess.run(
        [sys.executable, "-c", LIST_ROUTES, service],
        env=ours | {"DJANGO_SETTINGS_MODULE": f"{service}.settings"},
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    for pattern, verbs in json.loads(listed.stdout):
        path = "/" + pattern.replace("<uuid:", "{").replace("<str:", "{").replace("<", "{").replace(">", "}")
        yield from (f"{verb} {path}" for verb in verbs or ["POST"])


def gateway_routes() -> Iterable[str]:
    """Its routers ask their handlers only when they are called."""
    app = public_app(
        Settings(),
        address_rates=AddressRates.__new__(AddressRates),
        ready=never_asked,
        routes=[
            *SystemStatus.__new__(SystemStatus).routes(),
            *RestCommands.__new__(RestCommands).routes(),
            *Documents.__new__(Documents).routes(),
        ],
        proxy=Proxy.__new__(Proxy),
    )
    for route in app.router.routes():
        assert route.resource is not None
        # HEAD comes with GET, and what is passed on is a service's route.
        if route.method not in ("HEAD", "*"):
            yield f"{route.method} {route.resource.canonical}"


def notification_routes() -> Iterable[str]:
    apis = (
        NotificationsApi.__new__(NotificationsApi),
        PreferencesApi.__new__(PreferencesApi),
        WhyApi.__new__(WhyApi),
        PushApi.__new__(PushApi),
        MailApi.__new__(MailApi),
        FailedJobsApi.__new__(FailedJobsApi),
    )
    for route in chain(probe_routes(ready=never_asked), *(api.routes() for api in apis)):
        assert isinstance(route, web.RouteDef)
        yield f"{route.method} {route.path}"


async def never_asked() -> dict[str, str]:
    return {}
