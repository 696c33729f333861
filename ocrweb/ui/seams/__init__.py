"""Where Gradio is taken over, or used at a name that it does not promise to keep; each place with its test in tests/ui/seams."""
