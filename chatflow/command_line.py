"""What `chatflow` does on the command line: `up` runs everything on this machine, `status` shows how it is."""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import typer
from msgspec.structs import replace

from chatflow.errors import ChatFlowError
from chatflow.process.settings import Settings, SettingsError, load_settings_or_exit
from chatflow.protocol.objects import AccountRole
from chatflow.supervisor.clock_trust import declare_trust, moment
from chatflow.supervisor.failed_jobs import drop, find_failed, line_of, lines_about, replay
from chatflow.supervisor.locks import is_supervised
from chatflow.supervisor.process_table import READY, read_table
from chatflow.supervisor.reached_services import settings_of_running
from chatflow.supervisor.up import start_system
from chatflow.supervisor.user_roles import change_role

app = typer.Typer(
    help="ChatFlow: self-hosted real-time chat. Every option is also a setting; `chatflow --settings` lists them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
retention = typer.Typer(help="What retention waits for before it deletes messages.", no_args_is_help=True)
app.add_typer(retention, name="retention")
user = typer.Typer(help="Who people are in this installation.", no_args_is_help=True)
app.add_typer(user, name="user")
jobs = typer.Typer(help="Alerts that could not be made: jobs that failed, and dead letters.", no_args_is_help=True)
app.add_typer(jobs, name="jobs")
JobNames = Annotated[list[str] | None, typer.Argument(help="Jobs, as `chatflow jobs list` calls them.")]
DataOption = Annotated[Path | None, typer.Option("--data", help="Folder for everything it keeps [./var].")]
NOT_ALL_READY, NOT_RUNNING = 1, 3
Result = TypeVar("Result")


def main() -> None:
    if sys.argv[1:] == ["--settings"]:
        load_settings_or_exit()
    app()


@app.command()
def up(
    *,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Public port [8080]; 0 picks a free one.")] = None,
    data: DataOption = None,
    demo: Annotated[bool | None, typer.Option("--demo", help="Fill in two people and three rooms to try.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, max=64, help="How many chat workers [1].")] = None,
    gateways: Annotated[int | None, typer.Option(min=1, max=64, help="How many gateways [1].")] = None,
) -> None:
    """Run all of ChatFlow on this machine until Ctrl-C."""
    given = {"port": port, "data_dir": data, "demo": demo, "workers": workers, "gateways": gateways}
    start_system(with_options(**given))


@app.command()
def status(*, data: DataOption = None) -> None:
    """Show the state of each process. The exit status is 0 if all are ready, 1 if not, 3 if nothing runs."""
    data_dir = with_options(data_dir=data).data_dir.absolute()
    if not is_supervised(data_dir):
        typer.echo(f"ChatFlow is not running on {data_dir}")
        raise typer.Exit(NOT_RUNNING)
    rows = read_table(data_dir)
    for row in rows:
        typer.echo(f"{row.name:<22}{row.state:<13}pid {row.pid or '-':<9}port {row.port}")
    if not rows or any(row.state != READY for row in rows):
        raise typer.Exit(NOT_ALL_READY)


@retention.command()
def trust_clock(*, data: DataOption = None) -> None:
    """Say that the clock is right, after a long stop or a jump, so that retention goes on without waiting for a day.

    Asks the message_service of the system that runs on the data folder, or else to CHATFLOW_MESSAGE_SERVICE_URL
    with CHATFLOW_SERVICE_SECRET.
    """
    before, after = done_by_running("message_service", declare_trust, data=data)
    typer.echo(f"The log's time was {moment(before.log_time)} and is {moment(after.log_time)}, by the clock.")


@user.command("role")
def user_role(
    name: Annotated[str, typer.Argument(help="The name by which the person signs in.")],
    role: Annotated[AccountRole, typer.Argument(help="Their new role.")],
    *,
    data: DataOption = None,
) -> None:
    """Give somebody another role in this installation; its last owner keeps theirs.

    Asks the user_service of the system that runs on the data folder, or else to CHATFLOW_USER_SERVICE_URL with
    CHATFLOW_SERVICE_SECRET.
    """
    changed = done_by_running("user_service", partial(change_role, username=name, role=role), data=data)
    typer.echo(f"{changed.username} is {changed.role} now.")


@jobs.command("list")
def list_jobs(
    *,
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many lines at most.")] = 50,
    data: DataOption = None,
) -> None:
    """Print the jobs that failed last: those that wait to be tried again, and dead letters, which do not.

    Asks the notification_service of the system that runs on the data folder, or else CHATFLOW_NOTIFICATION_SERVICE_URL
    with CHATFLOW_SERVICE_SECRET. So do the other commands for jobs.
    """
    found = done_by_running("notification_service", partial(find_failed, limit=limit), data=data)
    for one in found.jobs:
        typer.echo(line_of(one))
    if (others := found.total - len(found.jobs)) > 0:
        typer.echo(f"and {others} more")
    if not found.total:
        typer.echo("No job has failed.")


@jobs.command("show")
def show_job(
    name: Annotated[str, typer.Argument(help="A job, as `chatflow jobs list` calls it.")], *, data: DataOption = None
) -> None:
    """Print all that is known of a job that failed, with its last error."""
    found = done_by_running("notification_service", partial(find_failed, name=name), data=data)
    for one in found.jobs:
        typer.echo("\n".join(lines_about(one)))
    if not found.jobs:
        refuse(f"{name} has not failed, or is done")


@jobs.command("replay")
def replay_jobs(
    names: JobNames = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="All dead letters.")] = False,
    data: DataOption = None,
) -> None:
    """Let dead letters be tried again, as if they had never failed."""
    change_dead_letters(replay, names=names, every=every, data=data, done="tried again")


@jobs.command("drop")
def drop_jobs(
    names: JobNames = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="All dead letters.")] = False,
    data: DataOption = None,
) -> None:
    """Forget dead letters for good: nobody is told of what they were about."""
    change_dead_letters(drop, names=names, every=every, data=data, done="dropped")


def change_dead_letters(
    change: Callable[..., Coroutine[Any, Any, int]],
    *,
    names: list[str] | None,
    every: bool,
    data: Path | None,
    done: str,
) -> None:
    if every == bool(names):
        refuse("name jobs, or say --all")
    changed = done_by_running("notification_service", partial(change, names=None if every else names), data=data)
    typer.echo(f"{changed} dead {'letter is' if changed == 1 else 'letters are'} {done}.")
    if names and changed < len(set(names)):
        refuse(f"{len(set(names)) - changed} of those named are no dead letters")


def refuse(reason: str) -> NoReturn:
    typer.echo(f"error: {reason}", err=True)
    raise typer.Exit(1)


def done_by_running(
    service: str, work: Callable[[Settings], Coroutine[Any, Any, Result]], *, data: Path | None
) -> Result:
    """Have a running service do something, and return its answer; if that fails, print why and exit."""
    settings = with_options(data_dir=data)
    is_running = is_supervised(settings.data_dir.absolute())
    if data is not None and not is_running:
        typer.echo(f"ChatFlow is not running on {settings.data_dir.absolute()}")
        raise typer.Exit(NOT_RUNNING)
    try:
        if is_running:
            settings = settings_of_running(settings, service=service)
        return asyncio.run(work(settings))
    except (ChatFlowError, SettingsError) as error:
        refuse(str(error))


def with_options(**options: object) -> Settings:
    """Return the settings; options from the command line replace those from the environment."""
    given = {name: value for name, value in options.items() if value is not None}
    return replace(load_settings_or_exit(), **given)
