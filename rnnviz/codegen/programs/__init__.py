"""Programs to take along: an experiment in plain NumPy, Keras 3 or PyTorch, as text.

Every program draws its weights from the very streams of the page, so it needs no file of weights
and prints the page's numbers. Only a measured input series lies beside it.
"""

from rnnviz.codegen.programs.program import FRAMEWORKS, Program, package_name, program

__all__ = ["FRAMEWORKS", "Program", "package_name", "program"]
