"""Tests of the channel preference."""
