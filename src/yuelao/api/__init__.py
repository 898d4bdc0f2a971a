"""JSON for other systems: `/api/v1` reads, `/api/webhooks` takes what they report; described at `/api/openapi.json`.

An application of its own, joined to the screens by `main`: it knows no page, and every answer, a refusal too, is JSON.
"""
