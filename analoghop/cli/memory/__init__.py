"""The verb for associative memories."""
