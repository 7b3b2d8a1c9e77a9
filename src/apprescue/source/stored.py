"""Values of the model as JSON and back, so that what one run learned can be read by the next.

A dataclass becomes an object with its class's name under `is`; that tells apart the classes that a field may hold.
Fields that hold their default are left out, so that a value stays short and an older one can still be read after a
field was added.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")
IS = "is"
PLAIN = (str, int, float, bool, NoneType)


class StoredError(ValueError):
    """What stands there is no value of that type. The text says which."""


def stored(value: object) -> Any:
    """A value as what JSON can hold. Raises StoredError for one that no model has."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, PLAIN):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        told = {f.name: getattr(value, f.name) for f in fields(value)}
        kept = {f.name: stored(told[f.name]) for f in fields(value) if not _is_default(f, told[f.name])}
        return {IS: type(value).__name__, **kept}
    if isinstance(value, Mapping):
        return {str(key): stored(one) for key, one in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(map(stored, value), key=str)
    if isinstance(value, tuple | list):
        return [stored(one) for one in value]
    raise StoredError(f"{type(value).__name__} cannot be stored.")


def _is_default(field: Field[Any], value: object) -> bool:
    if field.default is not MISSING:
        return type(value) is type(field.default) and value == field.default
    return field.default_factory is not MISSING and value == field.default_factory()


def restored(data: Any, kind: type[T]) -> T:
    """The value of a type that was stored. Raises StoredError where it is none."""
    value: T = _read(data, kind)
    return value


def _read(data: Any, kind: Any) -> Any:
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return _read_one_of(data, get_args(kind))
    if origin is Literal or kind is Any:
        return data
    if origin is tuple:
        return _read_tuple(data, get_args(kind))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        named, held = get_args(kind)
        return {_read(key, named): _read(one, held) for key, one in data.items()}
    if isinstance(origin, type) and issubclass(origin, Collection):
        (held,) = get_args(kind)
        return (frozenset if issubclass(origin, frozenset) else list)(_read(one, held) for one in data)
    if is_dataclass(kind):
        return _read_class(data, kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(data)
    if kind is float and type(data) is int:
        return float(data)
    if isinstance(kind, type) and isinstance(data, kind):
        return data
    raise StoredError(f"{type(data).__name__} stands where {kind} was stored.")


def _read_one_of(data: Any, kinds: tuple[Any, ...]) -> Any:
    if isinstance(data, dict) and IS in data:
        kinds = tuple(kind for kind in kinds if getattr(kind, "__name__", "") == data[IS])
    for kind in kinds:
        try:
            return _read(data, kind)
        except (StoredError, ValueError, TypeError, AttributeError):
            continue
    raise StoredError(f"{data!r:.80} is none of {kinds}.")


def _read_tuple(data: Any, kinds: tuple[Any, ...]) -> tuple[Any, ...]:
    if not isinstance(data, list):
        raise StoredError(f"{type(data).__name__} stands where a list was stored.")
    if kinds[1:] == (...,):
        return tuple(_read(one, kinds[0]) for one in data)
    return tuple(_read(one, kind) for one, kind in zip(data, kinds, strict=True))


def _read_class(data: Any, kind: Any) -> Any:
    if not isinstance(data, dict) or data.get(IS) != kind.__name__:
        raise StoredError(f"{data!r:.80} is no {kind.__name__}.")
    hints = _hints(kind)
    return kind(**{name: _read(one, hints[name]) for name, one in data.items() if name != IS and name in hints})


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
