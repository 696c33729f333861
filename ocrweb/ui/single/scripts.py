"""What the browser itself does on the tab of single pictures, as JavaScript for Gradio's events."""

from __future__ import annotations

import json

from ocrweb.services.detect.golden import SHIPPED

# Every event makes the page look through all its widgets. What is not the picture waits until that is on the screen.
AFTER_PAINT = """async () => {
  const seen = () => !document.querySelector('#single-boxes ocrweb-viewer:not([data-ready])');
  for (const start = performance.now(); !seen() && performance.now() - start < 500;)
    await new Promise(done => setTimeout(done, 20));
  await new Promise(done => requestAnimationFrame(() => setTimeout(done, 20)));
  return [];
}"""
# On a phone the result stands below the screen: it comes into view once it is there, and stays put when it was cleared.
SHOW_RESULT = """() => {
  const result = document.querySelector('#single-result');
  if (innerWidth <= 640 && result?.querySelector('.ocrweb-good, .ocrweb-warning, .ocrweb-problem'))
    result.scrollIntoView({ behavior: 'smooth' });
  return [];
}"""
# The buttons of the examples hold a picture without words: a screen reader says its file name.
NAME_EXAMPLES = f"""() => {{
  const names = {json.dumps(SHIPPED)};
  document.querySelectorAll('#single-examples .gallery-item')
    .forEach((example, number) => example.setAttribute('aria-label', names[number]));
  return [];
}}"""
