"""Off-policy evaluation: what a policy would earn, told from the log of another that drew its actions by lot.

`judge` is the way in; `log` reads the two logs, `policy` learns what the target policy would do.
"""
