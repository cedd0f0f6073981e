"""The ledger's schema through time; Alembic reads this folder only when a ledger is not at the head."""
