"""Small dense linear systems in plain arithmetic; the implicit step that needs them stands in
`fluidics.engines.rosenbrock`."""

from __future__ import annotations

from fluidics.compile import linked
from fluidics.network import Floats


@linked
def factorise(matrix: Floats) -> None:
    """Return nothing; the matrix is replaced by its factors L U, with ones on the diagonal of L.

    No rows are exchanged: each diagonal element of a network's implicit step outweighs the rest of its column, which
    makes elimination as accurate as with exchanges (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed.,
    SIAM 2002, section 9.5). Elements that are zero cost nothing, so that a chain of nodes is solved as fast as if its
    matrix were known to be tridiagonal.

    Parameters
    ----------
    matrix : (n, n)
        Matrix whose columns are dominated by their diagonal.
    """
    n = matrix.shape[0]
    for k in range(n):
        for i in range(k + 1, n):
            if matrix[i, k] != 0.0:
                share = matrix[i, k] / matrix[k, k]
                matrix[i, k] = share
                for j in range(k + 1, n):
                    if matrix[k, j] != 0.0:
                        matrix[i, j] -= share * matrix[k, j]


@linked
def solve(factors: Floats, rows: Floats, row: int) -> None:
    """Return nothing; the first n numbers of one row are replaced by the solution for them.

    Parameters
    ----------
    factors : (n, n)
        What `factorise` left.
    rows : (k, n or more)
        Right-hand sides.
    row : int
        Which of them.
    """
    n = factors.shape[0]
    for i in range(n):
        for j in range(i):
            if factors[i, j] != 0.0:
                rows[row, i] -= factors[i, j] * rows[row, j]
    for k in range(n):
        i = n - 1 - k
        for j in range(i + 1, n):
            if factors[i, j] != 0.0:
                rows[row, i] -= factors[i, j] * rows[row, j]
        rows[row, i] /= factors[i, i]
