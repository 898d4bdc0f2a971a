"""The operational database: its session, its tables, its migrations and the outbox. Only this room opens sessions."""
