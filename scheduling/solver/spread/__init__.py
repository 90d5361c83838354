"""The best spread that could be reached: how even nights, weekends, holidays, hours and backup can be made at all.

A spread is the distance, within a group, between who is furthest above their fair share and who is furthest below it.
`best.best_spreads` proves for each group and measure that no roster of a plan has less.
"""
