"""(world, catalog) -> duties; the difference of two worlds; the duties of destroying. Pure: no input or output."""
