"""The RESTlet `customscript_gfs_platform_query`: its script, and what it does to the records."""
