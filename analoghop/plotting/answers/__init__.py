"""Pictures of problems, their answers and anneals."""
