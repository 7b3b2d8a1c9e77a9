"""One file per paper. Each reads an audit and returns text."""
