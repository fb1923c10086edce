"""Takes pictures by FTP and out of watched folders; writes frames."""
