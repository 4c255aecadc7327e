"""This service's URLs; the gateway routes those under /api to it, our own processes call the others."""

from django.urls import path

from message_service.api import history, inbox, rooms, threads
from message_service.internal import views as internal

handler400 = "chatflow_django.answers.answer_bad_request"
handler404 = "chatflow_django.answers.answer_not_found"
handler500 = "chatflow_django.answers.answer_broken"

# Django tries them in this order, so what is asked most often stands first.
urlpatterns = [
    path("internal/append", internal.append),
    path("api/rooms/<uuid:room_id>/messages", history.RoomMessages.as_view()),
    path("api/rooms", rooms.MyRooms.as_view()),
    path("internal/load", internal.load),
    path("internal/connect", internal.connect),
    path("internal/rows", internal.rows),
    path("internal/events", internal.events),
    path("internal/recent", internal.recent),
    path("internal/trims", internal.trims),
    path("internal/clock", internal.clock),
    path("internal/versions", internal.versions),
    path("internal/read", internal.read),
    path("internal/personal", internal.personal),
    path("internal/threads/read", internal.read_threads),
    path("internal/inbox/done", internal.finish_inbox),
    path("internal/owed", internal.owed),
    path("internal/owed/clear", internal.clear_owed),
    path("internal/alerts", internal.alerts),
    path("api/rooms/public", rooms.PublicRooms.as_view()),
    path("api/rooms/<uuid:room_id>", rooms.RoomDetail.as_view()),
    path("api/rooms/<uuid:room_id>/members", rooms.RoomMembers.as_view()),
    path("api/rooms/<uuid:room_id>/invites", rooms.RoomInvites.as_view()),
    path("api/rooms/<uuid:room_id>/messages/<uuid:message_id>", history.MessageDetail.as_view()),
    path("api/rooms/<uuid:room_id>/messages/<uuid:message_id>/reactions", history.MessageReactions.as_view()),
    path("api/rooms/<uuid:room_id>/messages/<uuid:message_id>/thread", history.Thread.as_view()),
    path("api/rooms/<uuid:room_id>/events", history.RoomEvents.as_view()),
    path("api/inbox", inbox.MyInbox.as_view()),
    path("api/threads", threads.MyThreads.as_view()),
    path("api/rooms/<uuid:room_id>/pins", history.RoomPins.as_view()),
]
