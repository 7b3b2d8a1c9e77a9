"""The port through which many people ask at once, and what it took them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from apprescue.model.workload import Drawn


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many people ask, and how.

    `clients` connections are held (15 for the pool that a platform gives, 200 for direct ones). `rate` is how many
    statements arrive a second, however long the answers take (an open loop); None where each client asks again as
    soon as it has its answer (a closed loop). `reconnect` for a new connection for each statement.
    """

    clients: int
    seconds: float
    rate: float | None = None
    reconnect: bool = False


@dataclass(frozen=True, slots=True)
class Latency:
    """What answers took, in milliseconds, with the wait of those that arrived while all connections were busy (`lag`
    is the 95th percentile of that wait alone). `failed` were refused or broken off; with no answer all are infinite."""

    count: int
    p50: float
    p95: float
    p99: float
    failed: int = 0
    lag: float = 0.0


class Load(Protocol):
    """Something that sends statements to a database of the laboratory as a crowd does."""

    def ask(self, database: str, asked: Mapping[Drawn, float], crowd: Crowd) -> Mapping[str, Latency]:
        """Let a crowd ask these statements, each as often as its number says compared to the others. What each took,
        by the statement's key. Raises DatabaseError where nothing could be asked at all."""
