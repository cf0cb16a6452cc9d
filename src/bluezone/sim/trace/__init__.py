"""Real contacts, read from the files that researchers published.

`load_trace` reads a file, one module per format says what a row means, `Trace` answers who was near
whom. What the contacts mean for health is decided in `bluezone.sim.truth`.
"""

from bluezone.sim.trace.contacts import Period, Trace
from bluezone.sim.trace.load import TRACE_FORMATS, TraceFormat, load_trace

__all__ = ["TRACE_FORMATS", "Period", "Trace", "TraceFormat", "load_trace"]
