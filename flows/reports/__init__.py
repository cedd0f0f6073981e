"""Reports: what a run did, in counts. Everything here only renders; nothing decides."""
