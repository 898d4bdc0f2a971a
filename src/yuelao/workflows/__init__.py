"""One use case a file, verb first; a workflow strings together what operations, the warehouse and analytics each do.

Work a person waits for (the desk) is given a session and is one transaction, committed by its edge. Work over the
whole base (ingest, refresh, match, launch) is given the `House`: it computes on a snapshot outside any transaction and
writes in short ones, so that it never blocks an agent.
"""
