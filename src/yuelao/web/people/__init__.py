"""The administrator's pages: who may sign in, and who did what."""
