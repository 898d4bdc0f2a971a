"""Uplift: whom a treatment changes, by four learners on randomised hold-outs, validated honestly.

`model` is the way in: `fit_uplift` and `UpliftModel`; `trial` reads the data, `validation` ranks and chooses, `gain`
measures.
"""
