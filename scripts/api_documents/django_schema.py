"""Tells drf-spectacular of our views: bodies by their serializers, everything else by what is noted beside them."""

from typing import Any, ClassVar

from django.http import HttpRequest
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import Direction
from rest_framework.request import Request
from rest_framework.serializers import Serializer

from chatflow.http.documented import Operation
from scripts.api_documents.operations import operation_object
from scripts.api_documents.schemas import Schemas, is_struct


class DocumentedSchema(AutoSchema):
    """One for all views, which therefore share their components."""

    schemas: ClassVar[Schemas] = Schemas()

    @property
    def noted(self) -> Operation:
        handler = getattr(self.view, self.method.lower())
        operation: Operation | None = getattr(handler, "operation", None)
        if operation is None:
            raise ValueError(f"{self.method} {self.path} says nothing of itself: it wants @documented")
        return operation

    def get_operation(self, path: str, *rest: Any) -> dict[str, Any]:
        found = super().get_operation(path, *rest) or {}
        body = found.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
        is_described = body is not None and not is_struct(self.noted.body)
        return operation_object(self.noted, path=path, schemas=self.schemas, body=body if is_described else None)

    def get_operation_id(self) -> str:
        return self.noted.name

    def get_tags(self) -> list[str]:
        return [self.noted.tag]

    def get_auth(self) -> list[dict[str, list[str]]]:
        return []

    def get_request_serializer(self) -> Any:
        body = self.noted.body
        return body() if isinstance(body, type) and issubclass(body, Serializer) else None

    def get_response_serializers(self) -> Any:
        # What is answered are structs.
        return {200: None}

    def get_serializer_name(self, serializer: Any, direction: Direction) -> str:
        # What stands in a body is named after its field.
        field = (serializer.field_name or "") if serializer.parent is not None else "body"
        return "".join(word.title() for word in [*self.noted.name.split("_"), *field.split("_")])

    def resolve_serializer(
        self, serializer: Any, direction: Direction, bypass_extensions: bool = False
    ) -> ResolvedComponent:
        component = super().resolve_serializer(serializer, direction, bypass_extensions)
        component.schema.setdefault("title", component.name)
        for schema in component.schema.get("properties", {}).values():
            # As everything else here says it, of a body in a body that may be null.
            if "oneOf" in schema:
                schema["anyOf"] = schema.pop("oneOf")
        return component


def plain_request(method: str, path: str, view: Any, original_request: Any, **kwargs: Any) -> Request:
    """Return a request of nobody, as views are shown while they are described."""
    request = HttpRequest()
    request.method, request.path = method, path
    return Request(request)
