"""Scripts that print what things cost on this machine: `make bench`. CPU seconds, because a busy machine bends wall time."""
