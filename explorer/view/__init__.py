"""The page: what is shown of a report, and how.

Everything but :mod:`.page`, :mod:`.sidebar`, :mod:`.state` and :mod:`.stage` is plain Python without
Streamlit: records in, records out. The drawing is done by one component of our own, in ``static/``.
"""
