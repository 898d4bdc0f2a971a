"""The examples in the docstrings run as written."""

import doctest
import importlib
import pkgutil

import pytest

from yuelao import analytics

MODULES = sorted(module.name for module in pkgutil.walk_packages(analytics.__path__, "yuelao.analytics."))


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_run(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0
