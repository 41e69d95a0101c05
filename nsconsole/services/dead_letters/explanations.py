"""What a failure means in plain English, and what usually mends it.

The codes are those of Oracle's "SuiteTalk Error Status Codes" and "SuiteScript Errors", and a few
of nsconsole's own.
"""

from dataclasses import dataclass

from nsconsole.services.pushes.attempts import Cause


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a failure means, and what usually mends it."""

    meaning: str
    mend: str


def explain(cause: Cause, code: str) -> Explanation:
    """Explain a code; one that is not known, by the cause that it had."""
    return _CODES.get(code) or _CAUSES[cause]


_CAUSES = {
    Cause.REFUSED: Explanation(
        "NetSuite refuses this change, and will go on doing so as things are.",
        "Read what NetSuite said. Mend the record or the set-up there and replay, or edit the "
        "change.",
    ),
    Cause.CONFLICT: Explanation(
        "The record is no longer what the approver saw.",
        "Compare the three columns. Edit to propose the change against what is there now, or "
        "dismiss it.",
    ),
    Cause.EXHAUSTED: Explanation(
        "NetSuite failed each time it was asked, and surely did not do it.",
        "Replay once NetSuite is well again.",
    ),
    Cause.UNKNOWN_OUTCOME: Explanation(
        "The call left, but no answer told what came of it: NetSuite may have done it or not.",
        "Do a dry run to see what NetSuite holds. A replay asks under the same request id, so that "
        "nothing is done twice.",
    ),
    Cause.TAMPERED: Explanation(
        "What is stored is not what was approved. It was not sent, and never will be.",
        "Find out who changed the database (`nsconsole audit-trail verify`), dismiss it, and "
        "propose the change again.",
    ),
}

_ROLE = "Give the RESTlet's role the permission, or have somebody who has it do it, then replay."
_UNIQUE = "Edit it to another value, or dismiss it if the record that is there is the one meant."
_VALUE = "Edit the change to a value that the field takes."
_DEPLOYMENT = "Mend the script or its deployment in NetSuite (`nsconsole doctor`), then replay."
_LATER = "Replay once NetSuite is less busy."

_CODES = {
    "RCRD_HAS_BEEN_CHANGED": _CAUSES[Cause.CONFLICT],
    "CLOSED_TRAN_PRD": Explanation(
        "The transaction is in a posting period that is closed or locked.",
        "Have the period opened and replay, or edit the change to a date in an open period.",
    ),
    "VALID_PRD_REQD": Explanation(
        "No posting period is set up for the transaction's date.",
        "Edit the change to a date within a period, or have the period set up, then replay.",
    ),
    "INVALID_KEY_OR_REF": Explanation(
        "It refers to a record that is not there, is inactive, or does not fit: another "
        "subsidiary, currency or kind.",
        "Edit the reference, or make the other record active in NetSuite, then replay.",
    ),
    "USER_ERROR": Explanation(
        "A rule of the account refuses it: a mandatory field is empty, a transaction has no line, "
        "or a script or workflow said no.",
        "NetSuite's message names what it wants. Edit the change, or mend the record, then replay.",
    ),
    "INSUFFICIENT_PERMISSION": Explanation(
        "The role that the RESTlet runs under may not do this to this type of record.", _ROLE
    ),
    "FEATURE_DISABLED": Explanation(
        "A feature of the account that the record or field needs is off.",
        "Have it enabled in NetSuite (Setup > Company > Enable Features), then replay.",
    ),
    "UNIQUE_CUST_ID_REQD": Explanation("Another customer has that name or id.", _UNIQUE),
    "UNIQUE_RCRD_ID_REQD": Explanation(
        "Another record of the type has that id; for a new record, that it may be there already.",
        "Look for it in NetSuite. Dismiss it if it is the one meant, else edit the id.",
    ),
    "DUP_RCRD": Explanation("Another record of the type has that name.", _UNIQUE),
    "DUP_ITEM": Explanation("Another item has that name.", _UNIQUE),
    "DUP_VENDOR_NAME": Explanation("Another vendor has that name.", _UNIQUE),
    "RCRD_DSNT_EXIST": Explanation(
        "The record is not there any more: somebody deleted or merged it.",
        "Dismiss it, or propose the change for the record that took its place.",
    ),
    "NONEXISTENT_ID": Explanation(
        "The record is not there any more: somebody deleted or merged it.",
        "Dismiss it, or propose the change for the record that took its place.",
    ),
    "RCRD_LOCKED": Explanation(
        "Somebody has the record open or a process is at work on it.",
        "Wait until they are done, then replay.",
    ),
    "RCRD_LOCKED_BY_WF": Explanation(
        "A workflow locks the record, usually until it is approved there.",
        "Have it approved or rejected in NetSuite, then replay.",
    ),
    "INVALID_LINK_SUM": Explanation(
        "The transaction would come to less than was already paid or applied of it.",
        "Edit the amounts, or have the payment undone in NetSuite, then replay.",
    ),
    "THIS_RECORD_CANNOT_BE_DELETED_BECAUSE_IT_HAS_DEPENDENT_RECORDS": Explanation(
        "Other records refer to it, so NetSuite keeps it.",
        "Make it inactive instead (`update_record`, isinactive), or have the others removed first.",
    ),
    "INVALID_RCRD_TYPE": Explanation(
        "NetSuite has no record type of that name, or a script may not use it.",
        "Dismiss it and propose the change with the right record type.",
    ),
    "NONEXISTENT_FIELD": Explanation(
        "The record has no field of that name; it may have been removed or renamed.",
        "Edit the change to the field's present name.",
    ),
    "INVALID_FLD_VALUE": Explanation("The field does not take that value.", _VALUE),
    "EXCEEDED_MAX_FIELD_LENGTH": Explanation("The text is longer than the field.", _VALUE),
    "SSS_INVALID_SUBLIST_ID": Explanation(
        "The record has no lines of that name.", "Edit the change to the right kind of lines."
    ),
    "SSS_INVALID_SUBLIST_OPERATION": Explanation(
        "The lines cannot be changed in that way: the line is not there, or is closed.",
        "Look at the lines in NetSuite and edit the change.",
    ),
    "SSS_MISSING_REQD_ARGUMENT": Explanation(
        "The script was not told something that it needs.", _DEPLOYMENT
    ),
    "SSS_USAGE_LIMIT_EXCEEDED": Explanation(
        "The script used up what NetSuite allows one call: the change is too large for it.",
        "Edit it into smaller changes, a few lines each.",
    ),
    "SSS_TIME_LIMIT_EXCEEDED": Explanation(
        "The script ran out of time, in the middle of the change or before it.",
        "Do a dry run, then replay: it asks first whether it was done.",
    ),
    "SSS_REQUEST_LIMIT_EXCEEDED": Explanation("NetSuite had too many calls at once.", _LATER),
    "EXCEEDED_MAX_CONCUR_RQST": Explanation("NetSuite had too many calls at once.", _LATER),
    "CONCURRENCY_LIMIT_EXCEEDED": Explanation("NetSuite had too many calls at once.", _LATER),
    "SSS_INVALID_SCRIPTLET_ID": Explanation(
        "The RESTlet is not deployed under the name that nsconsole calls.", _DEPLOYMENT
    ),
    "SSS_INVALID_SCRIPT_ID": Explanation(
        "The RESTlet is not there under the name that nsconsole calls.", _DEPLOYMENT
    ),
    "UNABLE_TO_FIND_SCRIPT": Explanation(
        "The RESTlet is not there under the name that nsconsole calls.", _DEPLOYMENT
    ),
    "UNSUPPORTED_METHOD": Explanation("The script cannot do what it was asked.", _DEPLOYMENT),
    "METHOD_NOT_ALLOWED": Explanation("The script cannot do what it was asked.", _DEPLOYMENT),
    "INVALID_CONTENT_TYPE": Explanation("The script took the call for another kind.", _DEPLOYMENT),
    "INVALID_REQUEST": Explanation(
        "The script did not understand the call: it may be of another version.", _DEPLOYMENT
    ),
    "UNEXPECTED_ERROR": Explanation(
        "Something broke inside NetSuite, with no reason given; it may have been done or not.",
        "Do a dry run, then replay. If it happens again, give NetSuite's support the error's id.",
    ),
    # nsconsole's own
    "DIGEST_MISMATCH": _CAUSES[Cause.TAMPERED],
    "UNKNOWN_OUTCOME": _CAUSES[Cause.UNKNOWN_OUTCOME],
    "WRONG_RECORD": Explanation(
        "NetSuite said that it was done, but to another record than was asked.",
        "Look at both records in NetSuite before anything else, and at the RESTlet's script.",
    ),
}
