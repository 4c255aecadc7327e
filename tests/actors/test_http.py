"""What a client leaves open is closed with its session, so that no later test fails because of it."""

import gc
import warnings

from tests.actors.http import Http
from tests.actors.toy_server import open_toy
from tests.servers.ports import LOCALHOST


async def test_an_unread_answer_and_an_unclosed_websocket_leave_nothing_to_complain_about() -> None:
    with warnings.catch_warnings(record=True) as complaints:
        warnings.simplefilter("always")
        async with open_toy() as toy, Http() as http:
            address = f"http://{LOCALHOST}:{toy.port}/socket.io/?EIO=4&transport="
            # In cycles, as in a client: there the collector chooses whose end comes first.
            for asked in (http.session.get(f"{address}polling"), http.session.ws_connect(f"{address}websocket")):
                cycle: list[object] = [await asked]
                cycle.append(cycle)
                del cycle
        gc.collect()
    assert [str(complaint.message) for complaint in complaints if complaint.category is ResourceWarning] == []
