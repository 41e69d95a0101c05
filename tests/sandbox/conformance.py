"""What is known of NetSuite over the wire, fact by fact, and the tests that hold the sandbox to it.

Facts come from Oracle's help pages and from what shipping clients and their issue trackers show.
Under each stand the tests that prove it (`file::function` without `test_`), or why it is left out.
"""

from dataclasses import dataclass, replace

_LEFT_OUT = "not modelled: "
_TABLE = """
# 1.1 SuiteQL over REST: the request
- a query is a POST to /services/rest/query/v1/suiteql
    suiteql::only_post_and_known_addresses_are_answered
- the header Prefer: transient is required
    suiteql::the_prefer_header_is_required
- q is the query, params are bound to its question marks in order
    suiteql::parameters_are_bound_in_the_order_of_the_text
    suiteql::as_many_parameters_are_needed_as_there_are_marks
- a missing Content-Type is tolerated
    suiteql::a_missing_content_type_is_tolerated_and_a_foreign_one_is_not
- limit and offset choose the page
    suiteql::a_bad_page_is_refused
- asynchronous execution is not supported for queries
    suiteql::the_prefer_header_is_required
- the host is the account id in lower case, with - for _
    oauth2::the_audience_may_be_either_host_of_the_account
- a REST request is cut at 15 minutes
    not modelled: a query has a budget of some seconds instead, so that no test waits
# 1.2 SuiteQL over REST: paging
- a page has 1,000 rows by default and at most
    suiteql::a_page_has_a_thousand_rows_at_most
- there are at most 1,000 pages, however small
    facts::there_are_a_thousand_pages_however_small_they_are
- 100,000 rows can be reached; a million with SuiteAnalytics Connect
    facts::a_hundred_thousand_rows_can_be_reached
    facts::with_suiteanalytics_connect_a_million_can
- the offset must be divisible by the limit
    suiteql::a_bad_page_is_refused
- a limit over 1,000 is refused
    suiteql::a_bad_page_is_refused
- behind the last row that can be reached: silence or an error (a switch)
    facts::where_pages_end_before_the_rows_some_accounts_answer_with_an_error
- without a unique order, rows move between pages
    oracle::ties_come_in_another_order_from_request_to_request
    oracle::an_order_that_ends_in_the_key_never_shifts
- an order without ASC or DESC may not count (a switch)
    facts::in_some_accounts_an_order_counts_only_with_its_direction
- some account returned nothing once ORDER BY was added
    not modelled: one unexplained report
# 1.3 SuiteQL over REST: the answer
- the envelope is links, count, hasMore, items, offset, totalResults
    suiteql::the_envelope_of_a_single_page
- links: next, last, self on the first page; prev, first on the last; self alone as asked
    suiteql::pages_follow_one_another
    suiteql_pages::a_pages_own_address_is_the_one_that_it_was_asked_for_at
- each item has empty links of its own
    suiteql::the_envelope_of_a_single_page
- numbers come as strings
    suiteql::values_are_texts_nulls_are_left_out_and_names_are_lower_case
- a column that is NULL is left out of its item
    suiteql::values_are_texts_nulls_are_left_out_and_names_are_lower_case
- flags are 'T' and 'F'
    suiteql::values_are_texts_nulls_are_left_out_and_names_are_lower_case
- names of columns and aliases are in lower case
    suiteql::values_are_texts_nulls_are_left_out_and_names_are_lower_case
- SELECT * is allowed
    suiteql_access::a_star_stands_for_what_can_be_seen
- SELECT * fails over 1,000 columns
    not modelled: seen in SuiteAnalytics Connect alone, which is not part of the sandbox
# 1.4 Dates, time zones, last-modified
- a raw date has the user's format and loses its time of day
    suiteql::a_raw_date_has_the_accounts_format_and_no_time
- formats differ from account to account (a switch)
    suiteql_time::every_date_format_of_an_account_has_its_example
    suiteql_time::a_raw_date_is_in_the_accounts_format
- TO_CHAR gives date and time in a format
    suiteql_time::a_moment_is_shown_by_the_clocks_of_the_zone
- SYS_EXTRACT_UTC gives the moment in UTC
    suiteql_time::the_bound_in_utc_is_compared_with_the_moment_in_utc
- a bare text is no date: it must be wrapped in TO_DATE or TO_TIMESTAMP
    suiteql_dialect::a_parameter_is_no_date_until_it_is_made_one
    suiteql::what_suiteql_does_not_do_is_refused
- TO_TIMESTAMP takes fractions of a second (xFF)
    suiteql_dialect::values
- a literal is meant in the session's time zone, with its daylight saving
    suiteql_time::a_literal_is_read_by_the_clocks_of_the_zone
    suiteql_time::of_an_hour_that_comes_twice_a_literal_means_the_second_one
    suiteql_time::a_literal_in_an_hour_that_is_skipped_counts_as_after_it
- lastmodifieddate has whole seconds and moves with each change
    restlet::an_update_changes_the_record_and_is_in_the_ledger
    restlet::last_modified_moves_with_every_update
- rows may become visible behind a watermark that was read
    behaviour::a_late_commit_is_stamped_before_it_can_be_seen
- a line has a last-modified of its own, moved by its own changes
    restlet_lines::only_the_lines_that_change_get_another_last_modified
- a line's id is unique in its transaction, its uniquekey in the table
    facts::the_id_of_a_line_is_its_transactions_and_its_unique_key_the_tables
- setup tables show no last-modified
    tables::tables_without_a_last_modified_date_have_none
- walking by key meets every row once, also by stamp and id
    oracle::a_walk_by_key_meets_each_row_once
- the REST record service gives ISO 8601 in UTC and filters by bare dates
    not modelled: the record service is not part of the sandbox; the RESTlet's read gives ISO 8601
# 1.5 The dialect of SuiteQL
- ANSI or Oracle joins, never both in one query
    suiteql_dialect::constructs_that_suiteql_does_not_take
    suiteql_dialect::outer_joins_of_both_syntaxes_agree
- TOP, ROWNUM and FETCH FIRST limit the rows
    suiteql::three_ways_to_ask_for_the_first_rows
    suiteql::rownum_counts_before_the_rows_are_sorted
- LIMIT and OFFSET are refused (a switch)
    suiteql_dialect::with_and_limit_are_switches
    suiteql_access::a_query_that_is_no_sql_is_told_where
    suiteql::what_suiteql_does_not_do_is_refused
- WITH is refused (a switch)
    suiteql_dialect::with_and_limit_are_switches
    suiteql::what_suiteql_does_not_do_is_refused
- no square brackets
    suiteql::what_suiteql_does_not_do_is_refused
- texts are joined by ||, not by +
    suiteql::functions_and_operators
    suiteql_dialect::what_oracle_refuses_is_refused
- at most 1,000 values in an IN
    suiteql::what_suiteql_does_not_do_is_refused
    suiteql::a_thousand_values_in_a_list_are_taken
- no (+) for right outer joins
    suiteql_dialect::constructs_that_suiteql_does_not_take
- no quoted aliases in sub-selects
    suiteql_dialect::constructs_that_suiteql_does_not_take
- functions that Oracle lists as unsupported are refused
    suiteql_dialect::what_oracle_refuses_is_refused
    suiteql::what_suiteql_does_not_do_is_refused
- functions that Oracle lists as supported work
    suiteql_dialect::values
    suiteql_time::a_timestamp_may_bring_its_own_zone
    suiteql::functions_and_operators
    oracle::the_examples_in_oracles_pages_come_out_the_same_on_both_sides
- BUILTIN.DF shows a field's value in words
    suiteql::display_values_of_references_codes_and_flags
- the other BUILTIN functions
    suiteql_dialect::builtin_functions_know_the_meaning_of_a_field
    suiteql_dialect::a_hierarchy_is_told_from_the_top
    suiteql_time::relative_ranges_are_counted_from_the_sessions_day
- dual has one row
    suiteql::functions_and_operators
- quantities of outgoing lines are negative
    transactions::the_lines_of_a_sale_are_negative_and_its_main_line_is_not
- customer.shipstate is not exposed to queries
    tables::the_record_service_knows_fields_that_suiteql_does_not_show
    catalog_suiteql::the_record_service_knows_fields_that_suiteql_refuses
- a bare `class` can fail to parse
    not modelled: one report without the query that failed
- OR, TOP and ANSI joins are slow
    not modelled: no figures are known
# 2.1 Errors: the envelope of REST services
- an error has type, title, status and o:errorDetails with detail and o:errorCode
    auth::the_answer_to_a_refused_login_never_tells_why
    suiteql::the_error_body_of_an_unknown_column_is_netsuites
- type names RFC 9110; in older accounts the W3C's page (a switch)
    facts::in_an_older_account_the_type_of_an_error_is_the_w3cs_page
- 401 INVALID_LOGIN with the hint at the Login Audit Trail
    auth::the_answer_to_a_refused_login_never_tells_why
- 400 INVALID_REQUEST for malformed syntax
    suiteql::a_malformed_body_is_refused_in_netsuites_form
- 404 for a record type that there is not
    catalog_records::a_type_that_there_is_not_is_not_found
    catalog_records::netsuite_says_by_name_and_address_which_type_there_is_not
- 429 CONCURRENCY_LIMIT_EXCEEDED, titled Bad Request, with a code beside its details
    pool::a_rest_call_too_many_gets_netsuites_odd_429
- 500 UNEXPECTED_ERROR with an error id of 20 letters
    suiteql_access::a_bad_column_may_be_an_error_that_says_nothing
    faults::an_error_does_nothing_and_comes_in_the_form_of_its_surface
- Retry-After was never seen (a switch sends it)
    pool::retry_after_is_sent_when_the_account_sends_it
- several details in one error
    suiteql_access::the_first_of_several_bad_columns_is_named_or_all
- 400 INVALID_CONTENT with o:errorPath, 404 NONEXISTENT_ID
    not modelled: answers of the record service, which is not part of the sandbox
- X-NetSuite-PropertyNameValidation and -PropertyValueValidation
    not modelled: headers of the record service
# 2.2 Errors: SuiteQL
- an unknown column: Unknown identifier, with a map of aliases and tables
    suiteql_access::each_cause_has_its_own_body
    suiteql_access::which_sentence_an_unknown_column_gets_is_a_switch
    suiteql::the_error_body_of_an_unknown_column_is_netsuites
- a removed column: REMOVED - Field is removed
    suiteql_access::each_cause_has_its_own_body
- a column not exposed to queries: NOT_EXPOSED
    suiteql_access::each_cause_has_its_own_body
    drift::a_hidden_column_is_refused_to_queries_until_it_is_shown
- a table that does not exist: Invalid search type
    suiteql_access::each_cause_has_its_own_body
- a table hidden from the role or with its feature off: Record '…' was not found
    suiteql_access::each_cause_has_its_own_body
    catalog_suiteql::a_table_hidden_from_the_role_is_only_listed_as_not_available
- an unsupported construct: Invalid or unsupported search
    suiteql_access::each_cause_has_its_own_body
- a syntax error names the query and the place
    suiteql_access::a_query_that_is_no_sql_is_told_where
- a bad column may get 500 UNEXPECTED_ERROR (a switch)
    suiteql_access::a_bad_column_may_be_an_error_that_says_nothing
- named columns are stripped one by one; those behind a 500 are probed
    facts::columns_that_an_error_names_can_be_left_out_until_the_query_works
    facts::a_bad_column_may_be_a_500_and_is_found_by_asking_for_one_at_a_time
# 2.3 Errors: logins
- 401 has a challenge: OAuth realm, error=token_rejected
    auth::the_answer_to_a_refused_login_never_tells_why
- the answer never says why; the audit trail does
    auth::the_answer_to_a_refused_login_never_tells_why
    auth::a_wrong_parameter_is_refused_for_its_own_reason
- a bad bearer gets 401 invalid_token, a malformed one 400 invalid_request
    oauth2::a_refused_bearer_gets_the_challenge_of_its_scheme
    oauth2::a_bearer_without_a_token_is_no_proper_request
- five bad logins lock the account for 30 minutes
    lock::the_fifth_failure_locks_and_the_fourth_does_not
    lock::the_lock_opens_after_half_an_hour_and_attempts_do_not_prolong_it
- 403 INSUFFICIENT_PERMISSION for a role without REST Web Services
    not modelled: the sandbox has one role, which has it; a business_error fault can give it
# 2.4 Errors: RESTlets and records
- the error's form follows the request's Content-Type: JSON, XML, text
    restlet_http::an_error_is_in_xml_when_the_request_is
    restlet_http::an_unsupported_content_type_is_refused_in_text
    restlet_http::a_body_that_is_not_json_is_refused
- JSON errors are spaced {"error" : {"code" : …
    auth::a_restlet_refuses_a_login_in_the_restlets_form
- messages are in the user's language, codes are not
    pool::every_language_has_its_own_message_and_the_same_code
- what a script throws comes encoded twice
    restlet_http::what_the_script_throws_comes_encoded_twice
- unhandled is 400, caught is 200
    restlet_http::what_the_script_throws_comes_encoded_twice
    restlet::one_refused_operation_leaves_the_others_done
- 401 INVALID_LOGIN_ATTEMPT for a bad OAuth header
    auth::a_restlet_refuses_a_login_in_the_restlets_form
- 404 for an address that is none
    restlet_http::a_wrong_path_is_not_found
- 405 for a method without an entry point
    restlet_http::the_script_has_no_other_entry_point
- 415 for a missing or unsupported Content-Type; 400 for a GET with a body
    restlet_http::an_unsupported_content_type_is_refused_in_text
    restlet_http::a_request_without_content_type_is_refused_in_text
    restlet_http::a_get_with_a_body_is_a_bad_request
- 500 and 503 for what is NetSuite's own fault
    faults::an_error_does_nothing_and_comes_in_the_form_of_its_surface
- SSS_INVALID_SCRIPTLET_ID for a script that is not there
    restlet_http::another_script_or_deployment_is_not_there
- too many calls: 400 SSS_REQUEST_LIMIT_EXCEEDED
    pool::a_restlet_call_too_many_gets_a_400_in_the_users_language
- SSS_USAGE_LIMIT_EXCEEDED stops a script between two saves
    restlet_governance::what_was_saved_before_the_units_ran_out_stays_saved
- SSS_TIME_LIMIT_EXCEEDED after 300 seconds
    restlet_governance::a_script_that_runs_for_longer_than_300_seconds_is_stopped
- RCRD_HAS_BEEN_CHANGED if somebody else saved in between
    restlet::a_conflict_names_the_current_values_of_what_differs
    faults::record_changed_conflicts_with_the_values_that_are_there
- RCRD_DSNT_EXIST
    restlet::reading_what_is_not_there_says_so
    restlet::an_update_that_cannot_be_is_refused_by_name
- UNIQUE_RCRD_ID_REQD for an external id that is taken
    restlet::an_external_id_is_unique_to_its_record_type
- a duplicate name has a code of its own
    restlet_rules::a_name_that_another_has_is_refused
- CLOSED_TRAN_PRD for a posting in a closed period
    restlet_rules::nothing_new_is_posted_in_a_closed_period
    restlet_rules::what_is_posted_in_a_closed_period_keeps_its_meaning
- INVALID_KEY_OR_REF for a reference that leads nowhere
    restlet::an_update_that_cannot_be_is_refused_by_name
- INSUFFICIENT_PERMISSION for a record type that the role may not edit
    restlet_rules::some_record_types_may_only_be_viewed
    restlet_rules::a_table_that_is_hidden_from_the_role_is_no_record_type_for_it
- a record locked by a workflow is refused; queries still read it
    restlet_rules::what_waits_for_approval_is_locked_until_somebody_approves_it
- 302 to another data centre, 403 for a wrong domain
    not modelled: the sandbox has one address
- INVALID_LOGIN_CREDENTIALS (NLAuth), TWO_FA_REQD
    not modelled: logins by password ended; every other scheme is refused as a bad login
- Suitelets' and SOAP's overload codes
    not modelled: neither is part of the sandbox
- administrators' records, NONEXISTENT_FIELD in a q filter
    not modelled: answers of the record service
- INVALID_HEADER for an Accept-Language
    not modelled: the sandbox speaks one language on REST and takes no notice of the header
# 2.5 Errors: what a client makes of them
- overload and 5xx pass; the same request is answered rightly later
    faults::times_is_exact_however_many_ask_at_once
    pool::a_place_is_free_again_after_an_error
- a timeout, a cut connection or a 5xx may hide a write that was done
    faults::drop_after_does_it_and_then_cuts_the_connection
    faults::error_after_does_it_and_then_answers_500
    faults::drop_before_cuts_the_connection_and_does_nothing
    faults::a_timeout_is_never_answered_and_keeps_its_place_until_the_client_goes
- what is refused for good is refused again
    faults::without_times_or_rate_it_strikes_until_it_is_cleared
- a retry that is not signed anew is a bad login
    auth::a_nonce_is_good_once_for_its_timestamp
- how long and how often to retry
    not modelled: up to the client
# 3 Calling a RESTlet
- a script goes by its id or its number, deployment likewise
    restlet_http::the_script_goes_by_its_number_too
- every query parameter is in the signature
    signers::each_changed_bit_of_the_address_is_refused
    signers::whatever_the_query_has_in_it_is_signed
- DataCenterUrls tells where the account's services are, without a login
    http::where_the_accounts_services_are_is_told_without_a_login
- GET, POST, PUT, DELETE are entry points; there is no PATCH
    restlet_http::the_script_has_no_other_entry_point
- Content-Type is JSON, XML or text, told apart by case
    restlet_http::an_unsupported_content_type_is_refused_in_text
- the answer's type follows the request's; text without a body
    restlet_http::a_text_is_answered_with_a_text
    restlet_http::a_request_without_content_type_is_refused_in_text
- forms are not taken
    restlet_http::an_unsupported_content_type_is_refused_in_text
- 5,000 usage units a call; loading and saving cost by kind of record
    restlet_governance::an_operation_costs_loading_saving_and_remembering
    restlet_governance::fifty_transactions_are_within_the_units_of_one_call
- 10 MB in and out
    restlet_http::ten_megabytes_are_too_much
    restlet_governance::an_answer_of_more_than_ten_megabytes_is_refused
- 300 seconds a call
    restlet_governance::a_script_that_runs_for_longer_than_300_seconds_is_stopped
- a RESTlet shares the account's pool of calls
    pool::five_calls_fit_and_no_more
- INVALID_RETURN_DATA_FORMAT
    not modelled: the one script returns what fits its type
- N/query's limits in a script, record.submitFields, error.create's status
    not modelled: the one script loads and saves, and sets no status
# 4.1 Token-based authentication
- HMAC-SHA256 is the only signature method
    auth::a_wrong_parameter_is_refused_for_its_own_reason
    signers::each_changed_bit_of_the_scheme_of_signing_is_refused
- oauth_version is 1.0
    auth::a_wrong_parameter_is_refused_for_its_own_reason
    auth::the_version_may_be_left_out
- a timestamp may be five minutes off
    auth::a_timestamp_may_be_five_minutes_off
- a nonce has six characters at least
    auth::a_wrong_parameter_is_refused_for_its_own_reason
- nonce and timestamp are good once
    auth::a_nonce_is_good_once_for_its_timestamp
    auth::a_used_nonce_is_remembered_over_a_restart
- a parameter twice or empty is rejected
    auth::a_parameter_given_twice_is_refused
    auth::a_wrong_parameter_is_refused_for_its_own_reason
- the realm is the account id in upper case with an underscore, and is not signed
    auth::a_wrong_parameter_is_refused_for_its_own_reason
- the base string has method, address in lower-case host, sorted parameters
    signers::the_case_of_the_host_means_nothing
    signers::what_a_signer_signs_logs_in
    signers::each_changed_bit_of_the_host_is_refused
- query parameters are signed and must not be in the header
    auth::a_wrong_parameter_is_refused_for_its_own_reason
    signers::what_a_signer_signs_logs_in
- the key is both secrets, percent-encoded
    signers::each_changed_bit_of_the_credentials_is_refused_however_well_it_signs
- the order of the header's parameters means nothing
    signers::the_order_and_spacing_of_the_parameters_mean_nothing
- any further oauth_ parameter is signed, as oauth_body_hash is
    auth::any_further_oauth_parameter_counts_in_the_signature
    signers::what_a_signer_signs_logs_in
- Oracle's examples give the signatures that their inputs give
    auth::oracles_example_makes_the_signature_that_its_inputs_give
- the signature of a SOAP passport
    not modelled: SOAP is not part of the sandbox
# 4.2 The end of token-based authentication
- new integrations lose TBA in 2027.1, all of them later
    not modelled: the sandbox takes both schemes
# 4.3 OAuth 2.0 client credentials
- a form with an assertion goes to /services/rest/auth/oauth2/v1/token
    oauth2::the_request_for_a_token_must_be_a_form
    oauth2::a_form_that_asks_for_no_such_token_is_refused_and_is_no_login
- PS256, PS384, PS512, ES256, ES384 or ES512, with the certificate id as kid
    oauth2::a_key_on_each_curve_signs_with_its_own_algorithm
    oauth2::an_rsa_key_signs_with_pss_alone
    oauth2::an_algorithm_that_is_not_the_keys_buys_nothing
- iss is the client id; iat and exp are an hour apart at most
    oauth2::an_assertion_that_claims_something_else_buys_nothing
    oauth2::an_assertion_lives_an_hour_at_most_and_only_now
- aud is the token address on either host
    oauth2::the_audience_may_be_either_host_of_the_account
- scopes are a list or a text with commas, and decide what opens
    oauth2::the_scope_decides_what_a_token_opens
- RSA of 3072 or 4096 bits, EC of 256, 384 or 521; certificates for two years
    oauth2::what_netsuite_would_not_take_is_refused
- the answer is access_token, expires_in 3600, token_type Bearer; the token is a JWT
    oauth2::a_token_opens_rest_and_restlets
    oauth2::a_token_looks_like_one_of_netsuites
- a token lives for 60 minutes
    oauth2::a_token_lives_for_an_hour_of_the_sandboxs_time
- a failure is invalid_grant
    oauth2::an_assertion_signed_by_another_key_buys_nothing
- a bearer opens REST services and RESTlets
    oauth2::a_token_opens_rest_and_restlets
# 5 Sources of a catalog
- the REST metadata catalog lists record types with four kinds of links
    catalog_records::each_type_is_listed_with_the_documented_links
- select limits the list; a blank in it is INVALID_REQUEST
    catalog_records::select_limits_the_list_to_its_types_in_any_case
    catalog_records::a_select_that_is_not_names_with_commas_is_malformed
- it describes records, not SuiteQL's tables: `transaction` is not found
    catalog_records::it_lists_record_types_and_not_suiteqls_tables
    catalog_suiteql::the_record_service_knows_fields_that_suiteql_refuses
- custom fields are marked x-ns-custom-field; nullable and format are given
    catalog_records::custom_fields_keep_their_names_and_are_marked
- a schema sometimes has no properties (a switch)
    catalog_records::every_so_many_schemas_come_without_fields_if_the_account_is_like_that
- one record as a draft-06 hyper-schema or as OpenAPI 3.0
    catalog_records::a_schema_is_a_draft_6_hyper_schema
    catalog_records::an_openapi_document_describes_the_selected_types
- the SuiteQL metadata catalog gives fields, types, nullability and joins
    catalog_suiteql::fields_have_types_and_tell_where_they_join
- it breaks with 500 while a custom field dangles (a switch)
    catalog_suiteql::dangling_custom_fields_break_three_types_if_the_account_is_like_that
- it has no fields for some tables that work
    catalog_suiteql::some_tables_that_work_have_no_fields_there
- the Records Catalog answers a browser's session alone
    catalog_suiteql::the_records_catalog_sends_a_signed_call_to_the_login_page
    catalog_suiteql::a_browser_gets_its_session_as_a_cookie
- it gives record types, fields, joins and subrecords in its own shape
    catalog_suiteql::the_records_catalog_tells_of_fields_and_joins_in_its_own_shape
- tables are found through joins too; removed and hidden ones are told apart
    catalog_suiteql::lines_and_mappings_are_found_only_through_joins
    catalog_suiteql::only_the_records_catalog_still_names_a_removed_field
- customrecordtype, customfield and customlist are tables
    catalog_suiteql::custom_fields_are_rows_with_their_type_in_words
- custom records and lists are tables by their script id
    catalog_suiteql::custom_lists_have_their_values_in_tables_of_their_own
    catalog_suiteql::references_of_custom_records_lead_to_rows
- a multiselect has its table map_<source>_<field> with mapone and maptwo
    catalog_suiteql::a_multiselect_field_lists_what_its_mapping_table_has
    tables::a_multiselect_has_its_mapping_table
- transactions share a table, told apart by type
    catalog_suiteql::a_transaction_type_has_the_fields_of_transactions
- an account has hundreds of tables and ten thousand columns, some tables over 1,000
    catalog_suiteql::the_account_has_ten_thousand_columns_that_can_be_queried
    load::a_table_may_have_more_than_a_thousand_columns
- SuiteAnalytics Connect's oa_tables, oa_columns, oa_fkeys
    not modelled: ODBC and JDBC only; not reachable by SuiteQL over REST
# 6 Deletes
- deletedrecord has name, record id and type, script id, context, who, when
    restlet_deletion::a_deleted_record_leaves_its_name_and_who_did_it_when
- not every record type is tracked
    restlet_deletion::netsuite_tracks_some_record_types_and_not_others
- custom records are, and say that they are custom
    restlet_deletion::a_custom_record_leaves_a_trace_and_says_that_it_was_one
- lines and mapping tables leave no trace
    restlet_deletion::mapping_tables_and_lines_leave_no_trace_when_a_colleague_deletes_their_rows
    restlet_lines::a_removed_line_leaves_no_trace_among_deleted_records
- what was deleted stays on record
    world::some_of_the_past_is_on_record
- the Deleted Records permission; merged entities
    not modelled: the sandbox's role has it; nothing is merged
# 7 Idempotency
- a request id is remembered with its change and answers for it later
    restlet::the_same_request_id_is_done_once
    restlet_once::request_ids_are_remembered_over_a_restart
    restlet_once::a_killed_sandbox_has_done_each_request_id_once_or_not_at_all
- at once from many sides, it is done once
    restlet::sixteen_at_once_with_one_request_id_change_the_record_once
- a script that does not remember does it again (a switch)
    restlet_once::a_script_that_is_not_idempotent_says_so_and_does_everything_again
- an external id is unique to its record type
    restlet::an_external_id_is_unique_to_its_record_type
- a call of many has one result each
    restlet::one_refused_operation_leaves_the_others_done
- X-NetSuite-idempotency-key, asynchronous jobs, batches, upserts by eid
    not modelled: features of the record service
- enableoptimisticlocking on custom record types
    not modelled: every record type is compared by its expected values
# 8 Concurrency governance
- one pool for REST services and RESTlets, of the account's size
    pool::five_calls_fit_and_no_more
    pool::a_call_too_many_is_refused_at_once_and_does_nothing
- an integration may have a share of it
    pool::an_integrations_own_limit_is_enforced
- governanceLimits has three forms
    pool::governance_limits_have_three_forms
- service tiers and SuiteCloud Plus licences
    not modelled: the limit is given as a number
- the serverTime operation; limits a minute and a day
    not modelled: no body and no figure is known
- how to retry
    not modelled: up to the client
# 9 What users trip over
- the case of the realm and of the host
    auth::a_wrong_parameter_is_refused_for_its_own_reason
- query parameters left out of the signature
    signers::each_changed_bit_of_the_address_is_refused
- the wall at 100,000 rows
    facts::a_hundred_thousand_rows_can_be_reached
    facts::with_suiteanalytics_connect_a_million_can
- rows lost between pages without a unique order
    oracle::ties_come_in_another_order_from_request_to_request
- dates in the user's format, ISO texts refused
    suiteql::a_raw_date_has_the_accounts_format_and_no_time
- the account's time zone is not UTC
    suiteql_time::a_literal_is_read_by_the_clocks_of_the_zone
    suiteql_time::of_an_hour_that_comes_twice_a_literal_means_the_second_one
    suiteql_time::a_literal_in_an_hour_that_is_skipped_counts_as_after_it
- too many calls at once, and a retry with the same nonce
    pool::a_restlet_call_too_many_gets_a_400_in_the_users_language
    auth::a_nonce_is_good_once_for_its_timestamp
- fields in a catalog that cannot be queried
    catalog_suiteql::the_record_service_knows_fields_that_suiteql_refuses
- locked records and messages in other languages
    restlet_rules::what_waits_for_approval_is_locked_until_somebody_approves_it
    pool::every_language_has_its_own_message_and_the_same_code
- deletes, and tables without a last-modified
    restlet_deletion::netsuite_tracks_some_record_types_and_not_others
    tables::tables_without_a_last_modified_date_have_none
"""


@dataclass(frozen=True)
class Fact:
    """A fact, its section, and the tests that prove it or why there are none."""

    section: str
    fact: str
    tests: tuple[str, ...]
    left_out: str


def facts() -> list[Fact]:
    """The table, row by row."""
    found: list[Fact] = []
    section = ""
    for line in _TABLE.strip().splitlines():
        mark, text = line.split(maxsplit=1) if line[0] in "#-" else ("", line.strip())
        if mark == "#":
            section = text.split()[0]
        elif mark == "-":
            found.append(Fact(section, text, (), ""))
        elif text.startswith(_LEFT_OUT):
            found[-1] = replace(found[-1], left_out=text.removeprefix(_LEFT_OUT))
        else:
            found[-1] = replace(found[-1], tests=(*found[-1].tests, text))
    return found
