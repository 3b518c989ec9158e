"""Networks with doubly stochastic outputs, and their annealing schedules."""
