"""Elements that the equations do not know, as circuits of those that they know."""
