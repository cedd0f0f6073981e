"""Backup, restore and reconcile: nothing that anybody said is lost with a disk (design D4)."""
