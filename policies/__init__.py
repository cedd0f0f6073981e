"""The decision point of Tactful: pure functions from frames and values to frames and values.

Nothing in this package reads a clock, the environment, a file or a network. Time comes in as ``as_of``.
"""
