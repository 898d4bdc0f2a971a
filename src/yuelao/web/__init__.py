"""The screens, rendered on the server: one package an area, each with its `routes.py` and its `templates/`.

Shared by all areas, in the order a request meets it: `security` (headers), `requests` (transaction, person, permission,
forged forms), `pages` (what every page is given), `navigation` (who sees which entry), `failures` (errors as pages) and
`components` (frame and macros). A new area adds its router to `areas` and its entry to `navigation`.
"""
