"""The parts that papers are put together of: style, script, pictures, and the lines of a terminal."""
