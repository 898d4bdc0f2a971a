"""The revisions of the operational database's tables, oldest first in `versions`."""
