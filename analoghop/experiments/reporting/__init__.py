"""From rows to tables: means with intervals, yields, sensitivities, and exported files."""
