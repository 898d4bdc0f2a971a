"""Pure sums: arrays or tables in, arrays out; no files but a model's own, no workspace, at home in a notebook."""
