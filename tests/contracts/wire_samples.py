"""Samples of every struct that our processes send each other or keep, as whatever `chatflow` is imported has them.

As a program it is run by two versions of ChatFlow, to see whether each reads what the other wrote: `write` prints, as
JSON, samples by the name of their struct; `read` takes those and prints which it could not read, and why.
"""

import base64
import importlib
import importlib.util
import json
import pkgutil
import sys
from typing import Any

import msgspec
from msgspec import inspect

PACKAGES = ("chatflow.wire", "chatflow.protocol", "chatflow.auth.account_facts")
# Values that a pattern asks for.
PATTERNED = "2026-11-20T10:00:00.000Z"


def structs() -> dict[str, type[msgspec.Struct]]:
    """Return them by module and name."""
    found: dict[str, type[msgspec.Struct]] = {}
    for package in filter(is_there, PACKAGES):
        for module in pkgutil.iter_modules(importlib.import_module(package).__path__, f"{package}."):
            for name, value in vars(importlib.import_module(module.name)).items():
                if isinstance(value, type) and issubclass(value, msgspec.Struct) and value.__module__ == module.name:
                    found[f"{module.name}:{name}"] = value
    return found


def is_there(package: str) -> bool:
    """Tell whether the version that is imported has the package."""
    try:
        return importlib.util.find_spec(package) is not None
    except ModuleNotFoundError:
        return False


def sample(kind: inspect.Type, *, full: bool) -> Any:
    """Return a plain value of the type: with all that may be there, or with nothing that need not be."""
    match kind:
        case inspect.StructType():
            return fields_of(kind, full=full)
        case inspect.UnionType(types=types):
            chosen = [each for each in types if not isinstance(each, inspect.NoneType)]
            return sample(chosen[0] if full else chosen[-1], full=full)
        case inspect.ListType(item_type=item):
            return [sample(item, full=full)] if full or kind.min_length else []
        case inspect.TupleType(item_types=items):
            return [sample(item, full=full) for item in items]
        case inspect.VarTupleType(item_type=item):
            return [sample(item, full=full)] if full else []
        case inspect.DictType(key_type=key, value_type=value):
            return {sample(key, full=full): sample(value, full=full)} if full else {}
        case inspect.LiteralType(values=values):
            return values[0]
        case inspect.StrType(pattern=pattern, min_length=length):
            return PATTERNED if pattern and "x00" not in pattern else "a" * (length or 1)
        case inspect.DateTimeType():
            return PATTERNED
        case inspect.IntType(ge=least):
            return least or 1
        case inspect.FloatType():
            return 1.5
        case inspect.BoolType():
            return True
        case inspect.AnyType() | inspect.RawType():
            return 1
        case inspect.NoneType():
            return None
    raise TypeError(kind)


def fields_of(kind: inspect.StructType, *, full: bool) -> Any:
    values = {
        field.encode_name: sample(field.type, full=full)
        for field in kind.fields
        # A field behind others in an array cannot be left out alone: there only the last ones are.
        if full or field.required
    }
    if kind.array_like:
        return ([kind.tag] if kind.tag is not None else []) + list(values.values())
    return ({kind.tag_field: kind.tag} if kind.tag_field else {}) | values


def written(kind: type[msgspec.Struct]) -> list[bytes]:
    """Return what this version writes of the struct."""
    samples = []
    for full in (True, False):
        plain = msgspec.msgpack.encode(sample(inspect.type_info(kind), full=full))
        samples.append(msgspec.msgpack.encode(msgspec.msgpack.decode(plain, type=kind)))
    return samples


def write() -> dict[str, list[str]]:
    return {name: [base64.b64encode(one).decode() for one in written(kind)] for name, kind in structs().items()}


def read(samples: dict[str, list[str]]) -> dict[str, str]:
    """Return what cannot be read, and why; a struct that is not known here is nobody's to read."""
    known = structs()
    unreadable = {}
    for name in samples.keys() & known.keys():
        try:
            for one in samples[name]:
                msgspec.msgpack.decode(base64.b64decode(one), type=known[name])
        except msgspec.MsgspecError as error:
            unreadable[name] = str(error)
    return unreadable


if __name__ == "__main__":
    json.dump(write() if sys.argv[1:] == ["write"] else read(json.load(sys.stdin)), sys.stdout)
