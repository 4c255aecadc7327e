"""The paths of one Django service, found in a process of its own, because Django has one set of settings.

drf-spectacular finds the addresses, and describes the serializers of bodies. What is a msgspec struct is described from
that struct, and all else from what is noted beside each view.
"""

import json
import os
import subprocess
import sys
from importlib import import_module
from typing import Any

SERVICES = ("user_service", "message_service")
SPECTACULAR = {
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "",
    "SORT_OPERATIONS": False,
    "POSTPROCESSING_HOOKS": [],
    "COMPONENT_SPLIT_PATCH": False,
    "ENFORCE_NON_BLANK_FIELDS": True,
    # Its own asks views before they have a request, and one of ours looks at that.
    "GET_MOCK_REQUEST": "scripts.api_documents.django_schema.plain_request",
}


def ask(service: str) -> dict[str, Any]:
    """Return the service's paths and components, from a process of its own."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("CHATFLOW_")}
    command = [sys.executable, "-m", __spec__.name, service]
    settings = ours | {"DJANGO_SETTINGS_MODULE": f"{service}.settings"}
    done = subprocess.run(command, env=settings, check=False, capture_output=True)
    if done.returncode or done.stderr:
        raise ValueError(f"{service} cannot be described:\n{done.stderr.decode()}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def describe(service: str) -> dict[str, Any]:
    """Return the paths and components; wants Django's settings to be those of the service."""
    import django
    from django.conf import settings

    settings.SPECTACULAR_SETTINGS = SPECTACULAR
    settings.REST_FRAMEWORK = {
        **settings.REST_FRAMEWORK,
        "DEFAULT_SCHEMA_CLASS": "scripts.api_documents.django_schema.DocumentedSchema",
    }
    django.setup()
    from drf_spectacular.generators import SchemaGenerator

    from scripts.api_documents.django_schema import DocumentedSchema

    patterns = [pattern for pattern in import_module(f"{service}.urls").urlpatterns if is_public(pattern)]
    make: Any = SchemaGenerator
    document = make(patterns=patterns).get_schema(request=None, public=True)
    components = {**document.get("components", {}).get("schemas", {}), **DocumentedSchema.schemas.components}
    return {"paths": document["paths"], "components": components, "responses": DocumentedSchema.schemas.responses}


def is_public(pattern: Any) -> bool:
    return str(pattern.pattern).startswith("api/")


if __name__ == "__main__":
    sys.stdout.write(json.dumps(describe(sys.argv[1])))
