"""`script_of`: a session as a Python script that repeats it without a browser."""

from __future__ import annotations

import json
import textwrap

from analoghop import __version__
from analoghop.bench.session import Session

_SCRIPT = '''"""A session of `analoghop bench`, made by analoghop {version}: {title}.

It repeats the session and compares its last frame, bit for bit.
"""

import json
import sys

from analoghop.bench import replay

RECORD = json.loads(
{record}
)

session = replay(RECORD)
print(f"t = {{session.t:g}} s after {{session.tick}} ticks")
for name, volts in zip(session.rig.system.state_names[:20], session.x[:20], strict=True):
    print(f"  {{name}} = {{volts:.6g}} V")
if session.digest != RECORD["digest"]:
    sys.exit(f"the last frame is {{session.digest}}, not {{RECORD['digest']}}: the versions differ")
print(f"the last frame is {{session.digest}}, as in the browser")
'''


def script_of(session: Session) -> str:
    """Return the text of the script."""
    text = json.dumps(session.to_dict(), allow_nan=False)
    pieces = [text[k : k + 90] for k in range(0, len(text), 90)]
    record = textwrap.indent("\n".join(repr(piece) for piece in pieces), "    ")
    title = session.rig.setup.source.title.replace("\\", "/").replace('"', "'")
    return _SCRIPT.format(version=__version__, title=title, record=record)
