"""The conductor: runs readers and checks, in order, and yields what came of it."""
