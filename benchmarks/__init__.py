"""Scripts that print what things cost on this machine (`make bench`), in CPU seconds: a busy machine bends wall time."""
