"""The addresses of this service; the gateway routes those under /api, other services call the rest."""

from django.urls import path

from user_service.accounts import api as accounts
from user_service.blocks import api as blocks
from user_service.facts import api as facts
from user_service.sessions import api as sessions
from user_service.sessions import internal_api as views_internal

handler400 = "chatflow_django.answers.answer_bad_request"
handler404 = "chatflow_django.answers.answer_not_found"
handler500 = "chatflow_django.answers.answer_broken"

urlpatterns = [
    path("api/users", accounts.Users.as_view()),
    path("api/users/me", accounts.Me.as_view()),
    path("api/users/me/blocks", blocks.Blocks.as_view()),
    path("api/users/me/blocks/<uuid:user_id>", blocks.BlockDetail.as_view()),
    path("api/users/<uuid:user_id>", accounts.UserDetail.as_view()),
    path("api/auth/login", sessions.Login.as_view()),
    path("api/auth/refresh", sessions.Refresh.as_view()),
    path("api/auth/logout", sessions.Logout.as_view()),
    path("api/auth/logout-all", sessions.LogoutAll.as_view()),
    path("api/auth/password/change", sessions.PasswordChange.as_view()),
    path("api/auth/sessions", sessions.Sessions.as_view()),
    path("api/auth/sessions/<uuid:session_id>", sessions.SessionDetail.as_view()),
    path(".well-known/jwks.json", views_internal.JWKS.as_view()),
    path("internal/facts", facts.Facts.as_view()),
    path("internal/revocations", views_internal.Revocations.as_view()),
    path("internal/users", accounts.InternalUsers.as_view()),
    path("internal/users/role", accounts.InternalRole.as_view()),
]
