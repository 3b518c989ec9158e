"""The travelling salesman: the instance, its formulations, its search, its baselines."""
