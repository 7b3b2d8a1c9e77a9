"""The sprint in the browser: it reads the ledger and adds the owner's decisions, nothing else."""
