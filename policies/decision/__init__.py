"""From effects of rules to outcomes, verdicts, review dates and the frames of a run."""
