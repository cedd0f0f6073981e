"""What good outreach does, told as days of work: one story for each practice, through the real commands."""
