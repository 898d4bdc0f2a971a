"""The models of the customer view: who stands where, and what a change would do before it is saved."""
