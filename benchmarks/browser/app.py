"""The page over a comparison that was made before: what is measured is the page alone."""

from benchmarks.browser import ready
from explorer.view.page import show

ready.prepare()
show()
