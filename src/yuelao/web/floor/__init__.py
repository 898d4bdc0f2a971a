"""The floor manager's page: what waits, and who holds what since when."""
