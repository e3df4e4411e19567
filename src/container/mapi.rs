//! MAPI.
