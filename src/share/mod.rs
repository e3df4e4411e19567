//! File shares and folders: which files there are, and how they are opened.
