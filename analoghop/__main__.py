"""`python -m analoghop`: the command line."""

import sys

from analoghop.cli import main

sys.exit(main())
