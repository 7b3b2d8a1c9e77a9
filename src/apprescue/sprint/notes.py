"""What the ledger keeps of repairs: how each finding stood, what was proved before it was committed, what became of it.

The proof is put down before the commit is made. A run that is killed between the two leaves a commit that nobody told
of: the next run reads the branch and tells it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from apprescue.model.audit import without_secrets
from apprescue.model.patch import Safety
from apprescue.model.repair import Repair, State
from apprescue.source.stored import stored
from apprescue.sprint.ledger import FINDING, Ledger

PROVED = "proved"
TRAILER = "Apprescue-Finding: "
SETTLED = frozenset({State.REFUSED.value, State.BY_HAND.value, State.SUPPRESSED.value})
"""The states in which nothing is tried again: it was tried in vain, or the owner accepts it."""


@dataclass(frozen=True, slots=True)
class Notes:
    """The notes of one run in a ledger; without one nothing is noted. `base` is the owner's commit, `redact` hides the
    app's secrets."""

    book: Ledger | None
    base: str
    redact: Callable[[str], str]

    def standing(self, repairs: Iterable[Repair]) -> None:
        """How findings stand before anything is tried. One whose repair was tried before in vain, or that the owner
        accepts, stands as it did."""
        if self.book is None:
            return
        known = self.book.states()
        with self.book.together():
            for one in repairs:
                if known.get(one.finding.key) not in {one.state.value, *SETTLED}:
                    self._add(FINDING, one)

    def proved(self, one: Repair, closes: Iterable[str]) -> None:
        """A repair that holds and is about to be committed; it closes the findings of these keys along."""
        self._add(PROVED, one, closes=sorted(closes))

    def told(self, one: Repair) -> None:
        """What became of a finding. What a repair closes along is told with it."""
        if self.book is None:
            return
        if one.state is State.REPAIRED:
            self.caught_up([(one.commit, f"{TRAILER}{one.finding.key} ")])
        elif self.book.states().get(one.finding.key) != one.state.value:
            self._add(FINDING, one)

    def caught_up(self, commits: Iterable[tuple[str, str]]) -> None:
        """Tell the repairs of these commits, each with its message, that were proved and not told yet."""
        if self.book is None:
            return
        proofs = {one.key: one for one in self.book.events(PROVED)}
        known = {one.data.get("commit") for one in self.book.events(FINDING)}
        for commit, message in commits:
            key = message.partition(TRAILER)[2].partition(" ")[0]
            proof = proofs.get(key)
            if proof is None or commit in known:
                continue
            told = {name: value for name, value in proof.data.items() if name != "closes"}
            along = {"state": State.ALONG.value, "reason": f"It was closed by “{told['fix']}”.", "commit": commit}
            with self.book.together():
                self.book.add(FINDING, {**told, "state": State.REPAIRED.value, "commit": commit}, key, self.base)
                for other in proof.data["closes"]:
                    self.book.add(FINDING, along, other, self.base)

    def _add(self, kind: str, one: Repair, **more: Any) -> None:
        if self.book is None:
            return
        told = without_secrets(replace(one, patch=None), self.redact)
        patch = one.patch
        data = {
            "check": one.finding.check,
            "state": told.state.value,
            "reason": told.reason,
            "fix": patch.title if patch else "",
            "review": patch is not None and patch.safety is not Safety.SAFE,
            "todo": [self.redact(todo) for todo in patch.todo] if patch else [],
            "difference": told.difference,
            "lines": told.lines,
            "cells": told.cells,
            "before": stored(told.before),
            "after": told.after,
            "test": told.test,
            "commit": told.commit,
        }
        self.book.add(kind, {**data, **more}, one.finding.key, self.base)
