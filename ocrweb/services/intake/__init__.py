"""What comes from outside: uploads, folders of the server, downloads."""
