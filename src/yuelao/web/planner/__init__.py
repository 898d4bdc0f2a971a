"""The planner's and the approver's screens: campaigns, their funnel, match and call list, and their definition."""
