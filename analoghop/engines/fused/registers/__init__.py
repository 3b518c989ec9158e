"""Building blocks of kernels: vector registers, functions of them, packed products, compilation."""
