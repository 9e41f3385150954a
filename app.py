"""The page: ``streamlit run app.py``; ``-- --debug`` after it logs more, which may be of a reader's."""

import sys

from explorer import logs
from explorer.view.page import show

logs.begin(debug="--debug" in sys.argv)
show()
