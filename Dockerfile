# The app for a shared host: see docs/deploy.md for what is and what is not promised.
FROM python:3.11-slim

# torch's build for CPUs is a tenth of the size of the one that pip takes by itself.
ENV PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu \
    PIP_NO_CACHE_DIR=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp \
    PARALLAX_CACHE=/var/lib/parallax

RUN useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin parallax \
    && install -d -o parallax -g parallax -m 700 /var/lib/parallax

WORKDIR /app
COPY requirements.txt ./
RUN pip install -r requirements.txt
COPY .streamlit .streamlit
COPY explorer explorer
COPY sample_models sample_models
COPY app.py LICENSE ./

USER parallax
VOLUME /var/lib/parallax
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"]
ENTRYPOINT ["python", "-m", "streamlit", "run", "app.py", "--server.headless=true", "--server.port=8501"]
CMD ["--server.address=0.0.0.0"]
