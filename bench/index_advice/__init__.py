"""Index advice beside other programs: the same data, statements, budgets and server for all, and everything measured.

usage: PYTHONPATH=bench python -m index_advice [--apps FOLDER ...] [--only PART ...] [--write] (more with --help)

What the others choose and what ours chooses is built for real and measured. The others' code is fetched into
build/index_advice and is no part of this project.
"""
