"""The FTP server: users, sessions, what may be done in one."""
