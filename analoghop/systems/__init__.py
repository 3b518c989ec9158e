"""What engines integrate: systems of ordinary differential equations with outputs and, often, an energy."""
