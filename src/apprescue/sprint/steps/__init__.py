"""The steps of a sprint, one file each: `step(work)` yields what the ledger is to keep and returns what came of it."""
