"""This machine and who may use it: device, versions, doctor, login."""
