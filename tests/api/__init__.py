"""Tests of the interfaces for other systems."""
