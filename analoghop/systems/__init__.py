"""Systems, the input of engines: ordinary differential equations with outputs and, often, an energy."""
