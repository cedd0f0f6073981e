"""Scripts that print what things cost on this machine (`make bench`): CPU seconds, as load bends the clock's."""
