"""The queue in force: its files, what they show, and who must leave them at once."""
