"""Scripts that print what things cost on this machine: `make bench`. CPU seconds, for a busy machine bends wall time."""
