"""The compiled steps of machines for spins."""
