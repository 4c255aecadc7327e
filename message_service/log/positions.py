"""Where a mark moves a person's read position: forward only, or, if it sets, to wherever it says."""

from msgspec.structs import replace

from chatflow.protocol.objects import HistoryRule
from chatflow.wire.reads import ReadMark
from message_service.log.room_objects import Standing

# Among so many messages after a position that was moved back, the person's own are counted. If there are more, the rest
# counts as others': nobody waits for a look through a whole history, and the clients show no number as high.
OWN_AMONG = 2_000


def position_wanted(mark: ReadMark, standing: Standing, *, head: int, history: HistoryRule) -> int:
    """Return the seq of the position after the mark: never past the end, nor before what the person may read."""
    if mark.sets:
        return min(head, max(mark.seq, standing.joined_seq if history == "joined" else 0))
    return max(standing.read_seq, min(mark.seq, head))


def move(standing: Standing, *, seq: int, n: int, room_n: int) -> Standing:
    """Return the standing at the new position; the person's own messages after it are not counted anew yet."""
    back_n = standing.back_n if standing.is_back else None
    if n < standing.read_n:
        back_n = room_n
    if back_n is not None and back_n <= n:
        back_n = None
    return replace(standing, read_seq=seq, read_n=n, read_moves=standing.read_moves + 1, back_n=back_n, own_unread=0)


def own_counted_to(standing: Standing) -> int:
    """Return the last message up to which the person's own are counted, of those after a position moved back."""
    return min(standing.back_n or 0, standing.read_n + OWN_AMONG)
