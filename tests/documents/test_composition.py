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


def attributes(node: ast.AST, context: type[ast.expr_context]) -> Iterator[ast.Attribute]:
    """Yield what is read of `self` in a node, or what is given to it."""
    for one in ast.walk(node):
        match one:
            case ast.Attribute(value=ast.Name(id="self"), ctx=ctx) if isinstance(ctx, context):
                yield one


def early_methods(made_by: ast.ClassDef) -> Iterator[str]:
    """Yield methods that `__init__` hands on before it has made what they use: each with its line."""
    methods = {node.name: node for node in made_by.body if isinstance(node, Function)}
    if "__init__" not in methods:
        return
    made = {one.attr: one.lineno for one in attributes(methods["__init__"], ast.Store)}
    for handed_on in attributes(methods["__init__"], ast.Load):
        if method := methods.get(handed_on.attr):
            used = [made.get(one.attr, 0) for one in attributes(method, ast.Load)]
            if max(used, default=0) >= handed_on.lineno:
                yield f"{handed_on.attr}, line {handed_on.lineno}"


def functions(source: str) -> Iterator[Function]:
    return (node for node in ast.walk(ast.parse(source)) if isinstance(node, Function))


@pytest.mark.parametrize("root", ROOTS)
def test_a_composition_root_refers_to_nothing_that_is_made_further_down(root: str) -> None:
    found = [one for outer in functions((ROOT / root).read_text()) for one in forward_references(outer)]

    assert found == []


@pytest.mark.parametrize("root", ROOTS)
def test_no_method_is_handed_on_before_what_it_uses_is_made(root: str) -> None:
    classes = [node for node in ast.walk(ast.parse((ROOT / root).read_text())) if isinstance(node, ast.ClassDef)]

    assert [one for made_by in classes for one in early_methods(made_by)] == []


def test_a_lambda_that_calls_what_is_made_later_is_found() -> None:
    source = "def main():\n    keeper = Keeper(on_valid=lambda: worker.wake())\n    worker = Worker(keeper)\n"

    assert list(forward_references(next(functions(source)))) == ["worker, line 2"]


def test_a_method_that_uses_what_is_made_later_is_found() -> None:
    source = (
        "class Worker:\n"
        "    def __init__(self):\n"
        "        self._loader = Loader(on_loaded=self._wake)\n"
        "        self._committer = Committer(self._loader, on_idle=self._rest)\n"
        "    def _wake(self):\n"
        "        self._committer.wake()\n"
        "    def _rest(self):\n"
        "        self._loader.rest()\n"
    )

    assert [*early_methods(next(node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)))] == [
        "_wake, line 3"
    ]
