"""Tasks end for good, whatever becomes of one cancellation."""

import asyncio

import pytest

from chatflow.process.ending import end


async def lose_cancellations(times: int) -> None:
    """Go on for ever, as if the answer had come in the moment of the first cancellations."""
    while True:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if times == 0:
                raise
            times -= 1


async def fail() -> None:
    raise ValueError


@pytest.mark.parametrize("times", [0, 1, 2])
async def test_a_task_that_loses_cancellations_ends_all_the_same(times: int) -> None:
    tasks = [asyncio.create_task(lose_cancellations(times)) for _ in range(2)]
    await asyncio.sleep(0)

    async with asyncio.timeout(30):
        await end(*tasks)

    assert [task.cancelled() for task in tasks] == [True, True]


async def test_what_has_ended_already_is_left_as_it_is() -> None:
    async with asyncio.timeout(30):
        failed = asyncio.create_task(fail())
        await asyncio.wait([failed])
        await end(failed, None)

    assert isinstance(failed.exception(), ValueError)
