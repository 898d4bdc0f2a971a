"""The outside world, one folder a system: an interface, its adapters, and a fake that behaves like the real one."""
