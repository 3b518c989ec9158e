"""The statements of a deck, each kind taken apart."""
