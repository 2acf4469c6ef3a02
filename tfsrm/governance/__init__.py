"""Rules of an organisation over a finished checklist. Pure: no input or output."""
