"""Usage files: anybody's calls, data, messages, users and plans for a tariff rehearsal, read as rules say; no lake.

`rules` reads the rules file, `reading` brings the files into an engine of its own and sets wrong rows aside, `writing`
writes a result as CSV, Excel or Parquet.
"""
