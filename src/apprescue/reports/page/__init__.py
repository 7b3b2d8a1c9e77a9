"""The parts of the HTML report: its style, its script, and the pieces that `html.py` puts together."""
