"""Polluted lists: clean ones whose every cell is known, one pollution or two on top, and the promises to be kept."""
