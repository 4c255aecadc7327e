"""The messages of the demo: enough to scroll, to search and to try the keyboard."""

from dataclasses import dataclass

# Sign-in name and the name that others see.
PEOPLE = {"ada": "Ada Fischer", "minsu": "김민수"}


@dataclass(frozen=True)
class DemoMessage:
    """One message; {ada} and {minsu} in it become mentions."""

    sender: str
    text: str


@dataclass(frozen=True)
class Room:
    """A room and its messages; the direct room has no name."""

    kind: str
    name: str | None
    topic: str
    messages: list[DemoMessage]


ROOMS = [
    Room(
        kind="channel",
        name="harbour",
        topic="Where everybody comes ashore",
        messages=[
            DemoMessage("ada", "Welcome to ChatFlow! This room is public: whoever signs up can join it."),
            DemoMessage("minsu", "안녕하세요 {ada}! 한국어도 잘 보이네요."),
            DemoMessage("ada", "Nice to see you, {minsu}. Code is shown as code, `like this` or"),
            DemoMessage("ada", "```python\nfor number in range(3):\n    print(f'wave {number}')\n```"),
            DemoMessage("minsu", "잘 됩니다. 다음 회의는 언제인가요?"),
            DemoMessage("ada", "Thursday at ten, in this room."),
            DemoMessage("minsu", "회의에서 배포 계획을 이야기합시다."),
            DemoMessage("ada", "Yes: the release plan first, then the lighthouse."),
        ],
    ),
    Room(
        kind="group",
        name="lighthouse",
        topic="A project of two",
        messages=[
            DemoMessage("minsu", "The lamp turns too slowly."),
            DemoMessage("ada", "How slowly?"),
            DemoMessage("minsu", "One turn in 12 s. It should be 10."),
            DemoMessage("ada", "1. oil the bearing\n2. measure again\n3. only then touch the motor"),
            DemoMessage("minsu", "기름을 칠했더니 10.1초입니다."),
            DemoMessage("ada", "Good enough for tonight."),
        ],
    ),
    Room(
        kind="direct",
        name=None,
        topic="",
        messages=[
            DemoMessage("ada", "Are you still up there?"),
            DemoMessage("minsu", "네, 등대에 있어요. 달이 정말 밝네요."),
            DemoMessage("ada", "Then leave the lamp to the moon and come down, the tea is hot."),
            DemoMessage("minsu", "금방 갈게요!"),
        ],
    ),
]
