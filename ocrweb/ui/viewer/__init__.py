"""Pictures with boxes over them, as every tab shows them: the element of the page, its files, the map over a picture."""
