"""One file per thing that can be wrong, by risk."""
