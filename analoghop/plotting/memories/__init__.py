"""Pictures of memories and their studies."""
