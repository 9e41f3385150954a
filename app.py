"""The page: ``streamlit run app.py``."""

from explorer.view.page import show

show()
