"""What the people of README's pictures say: a small cooperative on an ordinary Friday."""

from dataclasses import dataclass, field

# Sign-in names and the names that others see. None of them exists.
PEOPLE = {
    "ada": "Ada Fischer",
    "minsu": "김민수",
    "soyeon": "이소연",
    "jihun": "박지훈",
    "grace": "Grace Lim",
    "tomas": "Tomás Rivera",
}


@dataclass(frozen=True)
class Said:
    """One message: {ada} in it becomes a mention; the reactions are emoji with who puts them."""

    sender: str
    text: str
    name: str = ""
    thread: str = ""
    reactions: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Channel:
    name: str
    topic: str
    said: list[Said]
    # What was said after the one who looks at the pictures was there last.
    unread: list[Said] = field(default_factory=list)


CODE = """Found the window: we acknowledged before the page reached the disk. Fixed in `commit.py`:
```python
with log.transaction() as tx:
    seq = tx.append(room, message)   # fsync here
return Ack(message.id, seq)          # only then tell the sender
```"""

CHANNELS = [
    Channel("announcements", "What everybody should know", [Said("grace", "Freeze at noon, release at two.")]),
    Channel(
        "engineering",
        "Build, deploys and on-call. 배포와 온콜",
        [
            Said(
                "soyeon",
                "The failover write-up from this morning is done. Section 3 is the part we argued about.",
                reactions={"🙌": ["ada", "minsu", "grace", "tomas", "jihun"], "👀": ["minsu", "grace"]},
            ),
            Said("ada", CODE),
            Said(
                "jihun",
                "한강 다리 야경 배경으로 상태 페이지 시안을 만들어 봤어요. 부하 테스트 결과도 같이 올립니다.",
                name="draft",
                reactions={"😍": ["ada", "minsu", "soyeon", "grace"], "🌉": ["ada", "tomas"]},
            ),
            Said("minsu", "시안 좋네요. 지연 시간 숫자는 조금 더 크게 가도 될 것 같아요.", thread="draft"),
            Said(
                "tomas",
                "Agreed. And the amber: is it readable for people with deuteranopia? The label helps, keep it.",
                thread="draft",
                reactions={"🎯": ["ada", "jihun"]},
            ),
            Said("jihun", "네, 색만으로 구분하지 않게 상태 글자를 항상 같이 둘게요.", thread="draft"),
            Said("minsu", "p99를 기본으로 보여 주고, p50은 눌렀을 때만 나오면 어떨까요?", thread="draft"),
            Said("ada", "Yes. p99 first, always with the unit.", thread="draft"),
            Said(
                "grace", "{ada} can you give the acknowledgement fix a second pair of eyes before the freeze at noon?"
            ),
            Said(
                "ada",
                "Reviewed and merged. Thank you for the replay numbers.",
                reactions={"💚": ["grace", "minsu", "jihun"]},
            ),
        ],
    ),
    Channel(
        "design",
        "Screens, icons, words",
        [Said("tomas", "The ring for “offline” needs one more pixel on 1x screens.", name="ring")],
        unread=[
            Said("soyeon", "새 아이콘 세트를 올려 두었습니다."),
            Said("tomas", "{ada} the ring is two pixels now."),
        ],
    ),
    Channel(
        "프로젝트-한강",
        "한강 프로젝트의 모든 이야기",
        [
            Said("jihun", "이번 주 목표를 고정해 두었어요.", reactions={"👍": ["ada", "minsu", "soyeon"]}),
            Said("soyeon", "다리 야경 사진은 제가 고를게요. 🌉"),
            Said("tomas", "The bridge at dusk reads best in the dark theme."),
            Said("minsu", "배포는 금요일 정오 전에 끝내고 싶어요. `staging-2`에서 먼저 돌려 봅시다."),
            Said("ada", "좋아요. 오전에 리뷰하겠습니다."),
        ],
        unread=[
            Said("minsu", "{ada} 내일 오전 회의에서 배포 순서를 정하겠습니다. 의견 있으시면 미리 남겨 주세요."),
            Said("jihun", "저는 10시부터 괜찮아요.", reactions={"🙌": ["minsu"]}),
        ],
    ),
    Channel(
        "release-2026-q4",
        "One message per build",
        [Said("grace", "Build 4126 is green on all three targets.")],
        unread=[Said("grace", "Build 4127 is green on all three targets."), Said("grace", "Tagged.")],
    ),
    Channel("random", "Lunch, dogs, weekend plans. 아무 말이나", [Said("soyeon", "점심은 국수 어때요? 🍜")]),
]
# Who writes to the one who looks, alone.
DIRECTS = [
    [Said("minsu", "리뷰 고마워요! 덕분에 제시간에 나가요. 🙏")],
    [Said("soyeon", "Thank you for the write-up.")],
    [Said("grace", "See you at two.")],
]
UNREAD_DIRECT = Said("minsu", "회의실은 3층으로 바꿨어요.")
STATUS = {"soyeon": {"emoji": "🌴", "text": "On holiday"}}
FAVOURITES = ("announcements", "engineering")
