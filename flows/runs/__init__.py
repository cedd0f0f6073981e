"""One run: what it rests on, what it decides, its gates, its files, its publication."""
