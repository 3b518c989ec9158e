"""The verb for memories."""
