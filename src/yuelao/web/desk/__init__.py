"""The agent's desk: the next customer, what to say, and the outcome."""
