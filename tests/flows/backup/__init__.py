"""Tests of backup, restore and reconcile."""
