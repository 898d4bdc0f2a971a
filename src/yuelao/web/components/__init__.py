"""The frame of every page and the macros all areas share; templates only."""
