"""`python -m apprescue` is `apprescue`."""

from apprescue.cli import main

main()
