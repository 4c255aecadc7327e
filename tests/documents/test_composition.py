"""What puts a process together reads from top to bottom: nothing in it refers to what is made further down."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOTS = (
    "gateway/service.py",
    "chat_service/__main__.py",
    "chat_service/worker.py",
    "message_service/__main__.py",
    "notification_service/service.py",
    "user_service/__main__.py",
)
Function = ast.FunctionDef | ast.AsyncFunctionDef
Inner = Function | ast.Lambda


def own_nodes(outer: Function) -> Iterator[ast.AST]:
    """Yield what is in a function, of functions within it only that they are there."""
    to_do = list(ast.iter_child_nodes(outer))
    while to_do:
        node = to_do.pop()
        yield node
        if not isinstance(node, Inner):
            to_do += ast.iter_child_nodes(node)


def bindings(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, int]]:
    """Yield each name that is given, and the line on which it is."""
    for node in nodes:
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name, node.lineno
            case ast.arg(arg=name):
                yield name, node.lineno


def forward_references(outer: Function) -> Iterator[str]:
    """Yield what functions within this one refer to before it is made: each with its line."""
    nodes = list(own_nodes(outer))
    made_last_to_first = sorted(bindings(nodes), key=lambda binding: -binding[1])
    made = dict(made_last_to_first)
    for inner in nodes:
        if isinstance(inner, Inner):
            own = {name for name, _ in bindings(ast.walk(inner))}
            names = [node for node in ast.walk(inner) if isinstance(node, ast.Name) and node.id not in own]
            yield from (f"{one.id}, line {one.lineno}" for one in names if made.get(one.id, 0) > inner.lineno)


def functions(source: str) -> Iterator[Function]:
    return (node for node in ast.walk(ast.parse(source)) if isinstance(node, Function))


@pytest.mark.parametrize("root", ROOTS)
def test_a_composition_root_refers_to_nothing_that_is_made_further_down(root: str) -> None:
    found = [one for outer in functions((ROOT / root).read_text()) for one in forward_references(outer)]

    assert found == []


def test_a_lambda_that_calls_what_is_made_later_is_found() -> None:
    source = "def main():\n    keeper = Keeper(on_valid=lambda: worker.wake())\n    worker = Worker(keeper)\n"

    assert list(forward_references(next(functions(source)))) == ["worker, line 2"]
