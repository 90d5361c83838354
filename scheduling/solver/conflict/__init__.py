"""Which of the things that are asked for cannot all hold: a smallest set of them, for the plan and for the roster."""
