"""What a verification of the audit log says."""

from __future__ import annotations

from ..language import N_

WORDS = (
    N_("record {sequence:d}: {what}"),
    N_("- anchor: {what}"),
    N_("- {what}"),
    N_("{name} (to record {sequence})"),
    N_(
        "{records} records in {epochs} epochs, {checkpoints} signed checkpoints, {opened} "
        "bodies opened; log {origin}"
    ),
    N_("the log's first public key, to compare with the printed one: {key}"),
    N_(
        "anchored up to record {sequence} ({since}); of the {count} records after it whoever "
        "held the machine could still have rewritten those of the open epoch"
    ),
    N_(
        "anchored up to record {sequence}; of the {count} records after it whoever held the "
        "machine could still have rewritten those of the open epoch"
    ),
    N_(
        "complete and unchanged as far as the log's own keys can tell; without an anchor "
        "from outside, a restored old copy of the machine, or a rewriting of the open epoch "
        "on it, would not show"
    ),
    N_("the file cannot be read: {what}"),
    N_("the file is sealed; verify it with the auditor's private key"),
    N_("the list of epochs is not what the records say"),
    N_("a key of an epoch that is not in the log"),
    N_("the manifest is not signed by the log's current key"),
    N_("the wrapped key of epoch {epoch} does not open"),
    N_("the auditor's key given does not open this log's epochs"),
    N_(
        "without the library `cryptography` no body was opened and view.csv not compared "
        "with the records; chain, tree, signatures and anchors were checked in full"
    ),
    N_("{name} is not what the manifest lists"),
    N_("{name} is too large"),
    N_("an SMS whose root is mistyped"),
    N_("an anchor of the wrong form"),
    N_("anchors that are no list"),
    N_("the log was cut: it lists an anchor for more records than it has"),
    N_("cut short inside {name}"),
    N_("not an export: no member {name} at octet {offset}"),
    N_("the end is not two zero blocks"),
    N_("the padding after {name} is not zero"),
    N_("{name} has a line that is too long or does not end"),
    N_("{name} is too large for an export; choose a shorter period"),
    N_("{name} does not say what the record says"),
    N_("{name} has rows that no record has"),
    N_("JSON that is not in canonical form"),
    N_("a key that is not ASCII"),
    N_("a number that is no integer"),
    N_("a value has no canonical JSON form"),
    N_("an integer of 2^53 or more"),
    N_("not JSON in UTF-8"),
    N_("not a JSON object"),
    N_("a witness's public key that does not fit its id"),
    N_("not a witness's public key (name+id+key)"),
    N_("not a witness's signature line"),
    N_("a disclosed key of the wrong form"),
    N_("a disclosed key of the wrong length"),
    N_("disclosed keys out of order"),
    N_("disclosed keys that are no list"),
    N_("chunk {number} of the sealed file does not open"),
    N_("not a sealed export of this format"),
    N_("a header field that should hold {length} octets"),
    N_("a header with a value of the wrong form"),
    N_("a header with missing or unknown fields"),
    N_("an epoch that ended for no known reason"),
    N_("an epoch with an unknown suite"),
    N_("an epoch.close with missing or unknown fields"),
    N_("an epoch.open with missing or unknown fields"),
    N_("a checkpoint out of order"),
    N_("a checkpoint signed in the name of another epoch or log"),
    N_("a checkpoint whose signature is not the epoch's"),
    N_("a checkpoint with missing or unknown fields"),
    N_("the records are not those that the checkpoint signed"),
    N_("two checkpoints of the same size"),
    N_("the manifest does not have the form of this format"),
    N_("a log's public key that does not fit its id"),
    N_("a note that is not UTF-8"),
    N_("a root of the wrong length"),
    N_("a signature of the wrong length"),
    N_("a signature's key name carries no epoch"),
    N_("base64 that is not canonical"),
    N_("not a checkpoint of origin, size and root"),
    N_("not a log's public key (name+id+key)"),
    N_("not a note with one signature"),
    N_("not base64"),
    N_("a tree of {size} has no prefix of {old}"),
    N_("no leaf {index} in a tree of {size}"),
    N_("{count} octets are no compact range of {size} leaves"),
    N_("a checkpoint vouches for records that are missing"),
    N_("a leaf that is no leaf"),
    N_("a record of another log"),
    N_("a record of the period is left out"),
    N_("a record outside the period that is shown in full"),
    N_("a record with missing or unknown fields"),
    N_("a record without a header"),
    N_("a time that does not exist"),
    N_("an epoch.open or epoch.close with a body"),
    N_("no checkpoint vouches for the last records"),
    N_("record {found:d} stands where {expected:d} belongs"),
    N_("time goes back without a clock record"),
    N_("records are missing at the end"),
    N_("records of the period are left out"),
    N_("the chain is broken: the record does not follow the one before"),
    N_("the closing checkpoint of the epoch is missing"),
    N_("the records are not those that an anchor vouches for"),
    N_("there are more records than the manifest says"),
    N_("a record of another epoch"),
    N_("a record outside any epoch"),
    N_("an epoch begins before the last one was closed"),
    N_("an epoch is missing"),
    N_(
        "no record for {days} days; the machine was off, or an anchor from those days would "
        "tell otherwise"
    ),
    N_("the epoch ran for {hours} hours; a day should end it"),
    N_("records are missing: the epoch that followed at once is not this one"),
    N_("the epoch's key is not the one the log committed to"),
    N_("the epoch's signing key is not the one that was announced"),
    N_("the log was cut: the epoch that followed at once is missing"),
    N_("a body with a value of the wrong form"),
    N_("a body with missing or unknown fields"),
    N_("a personal field without its subject"),
    N_("personal fields of the wrong form"),
    N_("an anchor is of another log"),
    N_(
        "the box names {count} more anchors, the newest of {size} records ({kind}, {by}, "
        "{at}): ask those who hold them"
    ),
    N_("the log was cut: an anchor vouches for {size} records, here are {found}"),
    N_("the signature of the witness {name} is not its own"),
    N_("{anchor} does not carry this log's signature: is it mistyped?"),
    N_("a sealed value is cut short"),
    N_("a private key needs the Python library `cryptography`"),
    N_("the key in {path} is not an X25519 key"),
    N_("{path} cannot be read"),
    N_("{path} cannot be written: {what}"),
    N_("{path} holds no unencrypted PEM key"),
)
"""Reasons, findings, and the lines about them."""
