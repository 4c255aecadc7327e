"""The addresses of the admin. Scripts and styles come out of Django's package, so that no other server is needed."""

from pathlib import Path

from django.contrib import admin
from django.urls import path
from django.views.static import serve

from user_service.admin.site import site

STATIC = Path(admin.__file__).with_name("static")

urlpatterns = [
    path("static/<path:path>", serve, {"document_root": STATIC}),
    path("", site.urls),
]
