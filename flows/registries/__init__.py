"""Do-not-call registries: taken in, kept as bits, asked about numbers."""
