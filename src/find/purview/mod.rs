//! Microsoft Purview rule packages.
mod regex;
mod xml;
