"""What the call centre does, one folder a noun: rules (pure), queries (reads), service (commands), schemas (data).

A noun never knows another; what needs two is a workflow. Every command and query takes the session of the caller,
who alone commits, and the present moment where it matters.
"""
