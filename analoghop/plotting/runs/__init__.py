"""Pictures of runs and circuits."""
