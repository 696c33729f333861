"""Dataset rules: one small function a rule, shared by the validator and the strict reader."""
