"""Makes the files of the sample workspace: the same bytes every time, on every machine."""
