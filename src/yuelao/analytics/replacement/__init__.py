"""Who replaces the handset soon: a tree on a rough-set reduct beside gradient boosting; what costs less is used.

learners, ways (what can be fitted), reduction (which attributes), windows (what is earlier, later, last), comparison
(what each way costs), card and model (what is kept), training (all of it in order).
"""

from yuelao.analytics.replacement.card import Card
from yuelao.analytics.replacement.model import ReplacementModel
from yuelao.analytics.replacement.training import train_replacement

__all__ = ["Card", "ReplacementModel", "train_replacement"]
