"""How often a model is right, how sure it may be, and whom it takes for somebody: `brain evaluate`.

photos    which photos are asked, and who is to be named
answers   one photo through the pipeline of the explainer, without the explanation
loop      all photos, in several processes, resumable through a journal
figures   answers in, figures out; from scores, calibration and strangers
report    figures in, files out; markdown writes the text, plots draws the curves
run       the composition
"""
