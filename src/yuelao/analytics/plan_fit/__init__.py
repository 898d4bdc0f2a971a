"""Plan fit: tariffs as data, the rehearsal that bills actual use under each of them, and the classes A–D.

`tariff` says what a plan charges, `use` counts a month's use in the steps a tariff charges by, `rehearsal` bills it
under every plan, `fit` is the model of the customer view.
"""
