"""Small circuits for the bench."""

from analoghop.bench import BenchProblem

FLIPFLOP = """Flip-flop of two amplifiers
.param steep=4
c1 u1 0 100n
c2 u2 0 100n
r1 u1 0 10k
r2 u2 0 10k
b1 v1 0 v=tanh(steep*v(u1))
b2 v2 0 v=tanh(steep*v(u2))
r12 u1 v2 10k
r21 u2 v1 10k
.ic v(u1)=0.05 v(u2)=-0.02
.tran 20u 30m uic
.end
"""

PATTERNS = """4 4 2
****
*..*
*..*
****

*...
.*..
..*.
...*
"""

TRIANGLE = "3 3\n1 2 1\n2 3 1\n1 3 1\n"


def queens(n=5):
    return BenchProblem("queens", str(n))


def memory():
    return BenchProblem("memory", PATTERNS, "signs.txt")


def triangle():
    return BenchProblem("maxcut", TRIANGLE, "triangle.mc")
