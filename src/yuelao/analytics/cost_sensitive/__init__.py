"""Learning where mistakes cost differently and one outcome is rare.

What it costs:     costs (a call's cost, the margin lost, the threshold that costs least)
The tree:          binning (numbers and categories to codes), blocks (attributes in the order of their importance),
                   counting (what is counted of a level, and its best splits), tree (grown level by level),
                   pruning (cut back by what later rows would have cost), rules (a leaf as a sentence)
What comes before: sampling (class weights, fewer or repeated rows, and the way back), missing (nulls filled)
"""
