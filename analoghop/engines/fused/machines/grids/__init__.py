"""The compiled anneals of grids of amplifiers whose rows and columns add up to one."""
