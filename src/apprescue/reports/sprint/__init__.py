"""Papers of a whole sprint."""
