"""One reader per way to say what the database holds: `read(files)` gives a Schema."""
