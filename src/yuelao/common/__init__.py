"""What every room may use: settings, errors, the clock, ids, outcomes, progress and the log."""
