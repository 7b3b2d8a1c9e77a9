"""App Rescue: read an app, find what is wrong, prove it, repair it, prove the repair, hand it over."""

__version__ = "0.1.0"
