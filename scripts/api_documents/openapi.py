"""The OpenAPI document: the paths of both Django services, of notification_service, and the gateway's own, in one."""

from collections.abc import Iterator
from typing import Any

import msgspec

from chatflow.http.documented import Operation
from chatflow.http.probes import probe_routes
from gateway.commands.rest_commands import RestCommands
from gateway.web.documents import Documents
from gateway.web.proxy import HEALTHS
from gateway.web.status import SystemStatus
from notification_service.channels.email.api import MailApi
from notification_service.channels.web_push.api import PushApi
from notification_service.inbox.api import NotificationsApi
from notification_service.inbox.preferences_api import PreferencesApi
from notification_service.inbox.why_api import WhyApi
from scripts.api_documents import django_paths
from scripts.api_documents.examples import add_examples
from scripts.api_documents.operations import HEADERS, SECURITY_SCHEMES, operation_object
from scripts.api_documents.schemas import Schemas
from scripts.api_documents.version import version
from scripts.api_documents.words import ABOUT_REST

TAGS = {
    "accounts": "Getting in, staying in, getting out.",
    "people": "Who there is, and oneself.",
    "rooms": "Rooms, and who is in them. They are made and changed by the socket.",
    "history": "What was said, as pages.",
    "sending": "Saying something without a socket.",
    "invitations": "Links by which somebody comes into a room.",
    "notifications": "The inbox of notices, and what one wishes to be told of.",
    "system": "How the system is, and what it speaks.",
}


def openapi_document() -> dict[str, Any]:
    schemas = Schemas()
    paths: dict[str, dict[str, Any]] = {}
    names: set[str] = set()

    def add(path: str, method: str, described: dict[str, Any]) -> None:
        if described["operationId"] in names:
            raise ValueError(f"{method} {path}: there is another {described['operationId']}")
        names.add(described["operationId"])
        paths.setdefault(path, {})[method] = described

    for path, method, operation in our_operations():
        add(path, method, operation_object(operation, path=path, schemas=schemas, body=None))
    for service in django_paths.SERVICES:
        found = django_paths.ask(service)
        for path, methods in found["paths"].items():
            for method, described in methods.items():
                add(path, method, described)
        for name, component in found["components"].items():
            if schemas.components.setdefault(name, component) != component:
                raise ValueError(f"{service}: there is another {name}")
        schemas.responses.update(found["responses"])
    components = dict(sorted(schemas.components.items()))
    add_examples(components)
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "ChatFlow",
            "version": version(),
            "summary": "Self-hosted real-time chat: the REST side.",
            "description": ABOUT_REST,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "jsonSchemaDialect": "https://spec.openapis.org/oas/3.1/dialect/base",
        "servers": [{"url": "/", "description": "The installation that serves this document."}],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "paths": {path: dict(sorted(methods.items())) for path, methods in sorted(paths.items())},
        "components": {
            "schemas": components,
            "responses": dict(sorted(schemas.responses.items())),
            "headers": HEADERS,
            "securitySchemes": SECURITY_SCHEMES,
        },
    }


def our_operations() -> Iterator[tuple[str, str, Operation]]:
    """Yield the path, the method and what is noted of everything that the asyncio services answer.

    Their routers only name their handlers, so none of them needs what it would work with.
    """
    probes = {route.path: route for route in probe_routes(ready=never_asked) if route.path != "/metrics"}
    notifications = (NotificationsApi, PreferencesApi, WhyApi, PushApi, MailApi)
    routers: tuple[Any, ...] = (SystemStatus, RestCommands, Documents, *notifications)
    routes = [*probes.values(), *(route for router in routers for route in router.__new__(router).routes())]
    seen: set[str] = set()
    for route in routes:
        operation: Operation | None = getattr(route.handler, "operation", None)
        if operation is None:
            raise ValueError(f"{route.method} {route.path} says nothing of itself: it wants @documented")
        yield (
            route.path,
            route.method.lower(),
            named_anew(operation, route.path) if operation.name in seen else operation,
        )
        seen.add(operation.name)
    health: Operation = vars(probes["/health"].handler)["operation"]
    for path, service in HEALTHS.items():
        yield (
            path,
            "get",
            msgspec.structs.replace(
                health, name=f"check_{service}", summary=f"Whether {service} is alive.", answers=health.answers
            ),
        )


def named_anew(operation: Operation, path: str) -> Operation:
    """Name an operation that has a second path after that."""
    name = f"{operation.name}_of_{path.split('/')[2]}"
    return msgspec.structs.replace(operation, name=name, summary=f"{operation.summary[:-1]}; a second name.")


async def never_asked() -> dict[str, str]:
    return {}
