"""``python -m tfsrm``."""

from tfsrm.cli import main

main()
