"""Rendered pages with exact text boxes: invoices, receipts, menus, notes, screens, signs, scenes, labels."""
