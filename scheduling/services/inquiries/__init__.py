"""Questions about a schedule that the optimiser answers in a worker.

`ask` takes a question down, `answering` has it worked out, `apply` makes what an answer proposes. Each kind has a
module of its own with `answer(inquiry, beat)`: a dictionary for its template, None where it was stopped. What can be
applied is in its list "plans", each with "title" (for the note of a draft) and "changes" (`edit.Change.data()`).
"""
