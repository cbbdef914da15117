"""Announcements to many: written, approved by a second person, planned, sent, closed."""
