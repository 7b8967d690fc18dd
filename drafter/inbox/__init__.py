"""What of an export is answered: heads are read quickly, gathered in an index on disk, and joined to conversations.

Raw → head_of → Head → Inbox.add …  Inbox.entries → Entry, in chronological order
"""
