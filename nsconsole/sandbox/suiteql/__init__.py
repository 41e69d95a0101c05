"""SuiteQL over REST: parsed by sqlglot, resolved against the account's tables, run on SQLite."""

PATH = "/services/rest/query/v1/suiteql"
