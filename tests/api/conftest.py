"""The interfaces over the workspaces of the screens' tests."""

from tests.web.conftest import furnished, furnished_template, simulated, simulated_template

__all__ = ["furnished", "furnished_template", "simulated", "simulated_template"]
