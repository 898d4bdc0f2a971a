"""Ingest: brings anybody's files into the lake, as a mapping says; sets wrong rows aside and never half loads."""

from yuelao.warehouse.ingest.load import StagedLoad, stage
from yuelao.warehouse.merge import TableLoad

__all__ = ["StagedLoad", "TableLoad", "stage"]
