"""Files for people and other programs: they render what was decided and decide nothing."""
