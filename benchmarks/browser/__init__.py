"""What the page costs the browser, beside other viewers of the same models."""
