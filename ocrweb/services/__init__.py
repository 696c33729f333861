"""What every button and every command does: plain functions and dataclasses."""
