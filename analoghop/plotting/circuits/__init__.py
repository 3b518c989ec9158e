"""Pictures of circuits themselves: their schematic, and the graph of their couplings."""
