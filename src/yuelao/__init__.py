"""Yuelao: the right customer, the right product, the right channel, the right moment."""

from importlib.metadata import version

__version__ = version("yuelao")
