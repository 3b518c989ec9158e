"""What kernels compute with: vector registers as numbers, their functions, packed products, the compiler."""
