"""The paths of this service: the gateway passes on those under /api, and our own processes use the rest."""

from django.urls import path

from user_service.api import accounts, blocks, emails, facts, sessions, verifying

handler400 = "chatflow_django.answers.answer_bad_request"
handler404 = "chatflow_django.answers.answer_not_found"
handler500 = "chatflow_django.answers.answer_broken"

urlpatterns = [
    path("api/users", accounts.Users.as_view()),
    path("api/users/me", accounts.Me.as_view()),
    path("api/users/me/email", emails.MyEmail.as_view()),
    path("api/users/me/blocks", blocks.Blocks.as_view()),
    path("api/users/me/blocks/<uuid:user_id>", blocks.BlockDetail.as_view()),
    path("api/users/<uuid:user_id>", accounts.UserDetail.as_view()),
    path("api/auth/login", sessions.Login.as_view()),
    path("api/auth/refresh", sessions.Refresh.as_view()),
    path("api/auth/logout", sessions.Logout.as_view()),
    path("api/auth/logout-all", sessions.LogoutAll.as_view()),
    path("api/auth/password/change", sessions.PasswordChange.as_view()),
    path("api/auth/email/confirm", emails.ConfirmEmail.as_view()),
    path("api/auth/sessions", sessions.Sessions.as_view()),
    path("api/auth/sessions/<uuid:session_id>", sessions.SessionDetail.as_view()),
    path(".well-known/jwks.json", verifying.JWKS.as_view()),
    path("internal/facts", facts.FactFeed.as_view()),
    path("internal/revocations", verifying.Revocations.as_view()),
    path("internal/users", accounts.InternalUsers.as_view()),
    path("internal/users/recipients", emails.InternalRecipients.as_view()),
    path("internal/users/role", accounts.InternalRole.as_view()),
]
