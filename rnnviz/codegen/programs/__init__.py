"""Programs to take along: a model in plain NumPy, Keras 3 or PyTorch, as text.

The program of an experiment draws its weights from the very streams of the page, so it needs no
file of weights and prints the page's numbers; only a measured input series lies beside it. That of
any other network loads its arrays from a file beside it.
"""

from rnnviz.codegen.programs.program import FRAMEWORKS, Program, package_name, program

__all__ = ["FRAMEWORKS", "Program", "package_name", "program"]
