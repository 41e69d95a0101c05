"""The catalog: what NetSuite has, merged from all sources that an account offers."""
