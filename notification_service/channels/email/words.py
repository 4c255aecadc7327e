"""What mails say beside what notices say, in the languages of the browser client."""

from typing import NamedTuple


class Words(NamedTuple):
    """`{count}`, `{room}` and `{name}` stand for what they say."""

    unread_in_room: str
    unread: str
    greeting: str
    lead: str
    more: str
    open: str
    why: str
    settings: str
    stop: str
    no_answers: str
    stop_title: str
    stop_ask: str
    stopped: str
    stop_undo: str
    bad_link: str


WORDS = {
    "en": Words(
        unread_in_room="{count} unread notifications in {room}",
        unread="{count} unread notifications",
        greeting="Hello {name},",
        lead="you have not read this yet:",
        more="and {count} more",
        open="Open ChatFlow",
        why="ChatFlow mails you what calls you while you are away.",
        settings="Choose when",
        stop="No more mails",
        no_answers="Nobody reads answers to this mail.",
        stop_title="Mails from ChatFlow",
        stop_ask="You will get no more mails about what you have not read.",
        stopped="You get no more mails about what you have not read.",
        stop_undo="The settings, under Notifications, turn them on again.",
        bad_link="This link does not work. Turn mails off in the settings, under Notifications.",
    ),
    "ko": Words(
        unread_in_room="{room}의 읽지 않은 알림 {count}개",
        unread="읽지 않은 알림 {count}개",
        greeting="{name} 님, 안녕하세요.",
        lead="아직 읽지 않은 알림입니다.",
        more="그 밖에 {count}개",
        open="ChatFlow 열기",
        why="자리를 비운 동안 나를 찾은 메시지를 메일로 알려 드립니다.",
        settings="받을 때 고르기",
        stop="메일 그만 받기",
        no_answers="이 메일에 답장해도 아무도 읽지 않습니다.",
        stop_title="ChatFlow의 메일",
        stop_ask="읽지 않은 알림을 더는 메일로 보내지 않습니다.",
        stopped="이제 읽지 않은 알림을 메일로 보내지 않습니다.",
        stop_undo="설정의 알림에서 다시 켤 수 있습니다.",
        bad_link="쓸 수 없는 링크입니다. 설정의 알림에서 메일을 꺼 주세요.",
    ),
}


def language_of(tag: str | None) -> str:
    """Return the language of ours that a language tag, or a list of them, asks for."""
    return "ko" if (tag or "").lower().startswith("ko") else "en"
