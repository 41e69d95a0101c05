"""What the account has, in the forms in which NetSuite tells it; they disagree, as in life.

| | metadata-catalog | suiteql/metadata-catalog | customfield | Records Catalog |
|---|---|---|---|---|
| speaks of | the record service | SuiteQL | custom fields alone | SuiteQL, in a browser |
| transactions | `salesOrder`, … | `transaction` and each type | `custbody_…` | `transaction` |
| lines, mappings | sublists of their records | tables | `custcol_…` | only through joins |
| names | camelCase, custom as they are | lower case | CAPITALS | camelCase |
| not exposed to SuiteQL | named | not named | named | named, `isColumn: false` |
| removed | not named | not named | not named | named, `removed: true` |
| hidden from the role | not named | not named | named | tables `isAvailable: false` |
| its feature is off | not named | not named | not named | tables `isAvailable: false` |
| at odds with itself | a schema without fields | some tables without fields; errors | | |
"""
