"""Cut points of a small decision tree over one attribute: those that tell the decision best, best first."""

import numpy as np

from yuelao.analytics.rough_sets.types import Floats, Labels


def supervised_tree(values: Floats, labels: Labels, weights: Floats, intervals: int) -> Floats:
    """Cut points, ascending, for at most so many intervals, none of less than a hundredth of the weight; `values`,
    `labels` and `weights` (rows,). Each is the first value of its interval.

    >>> values = np.arange(300.0)
    >>> supervised_tree(values, ((values >= 50) & (values < 200)).astype(np.uint16), np.ones(300), 3).tolist()
    [50.0, 200.0]
    """
    from sklearn.tree import DecisionTreeClassifier

    if not len(values) or intervals < 2:
        return np.array([])
    distinct, at = np.unique(values, return_inverse=True)
    tree = DecisionTreeClassifier(
        criterion="entropy", max_leaf_nodes=intervals, min_weight_fraction_leaf=0.01, random_state=0
    )
    # the tree sees places among the values: its floats are of 32 bits and would round the values themselves
    tree.fit(at[:, None], labels, sample_weight=weights)
    inner = tree.tree_.children_left >= 0
    return np.unique(distinct[np.ceil(tree.tree_.threshold[inner]).astype(np.int64)])
