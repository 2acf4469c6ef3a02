"""Knowledge: the mapping files read, merged, compiled, checked."""
