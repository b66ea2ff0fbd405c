"""Why another room cannot work."""

from __future__ import annotations

from ..language import N_

WORDS = (
    N_("modem {label}: port must be an absolute path, a URL or auto, not {port}"),
    N_("modem {label}: no profile {name}; there are: {known}"),
    N_("modem {label}: no switch {name}; there are: {known}"),
    N_("modem {label}: smsc is written with its country code, such as +8613800100500"),
    N_("modem {label}: a PIN has 4 to 8 digits"),
    N_("modem {label}: a time-out must be above zero"),
    N_("a modem needs a label"),
    N_("two modems share a {name}"),
    N_("{key} is {days}, but not less than {floor} days"),
    N_("cannot listen on {host} port {port}: {what}"),
    N_(
        "http.host = {host} is reachable from the network, and without TLS tokens and texts "
        "would cross it in the clear: set http.tls_cert and http.tls_key, or listen on "
        "127.0.0.1, or accept it with http.insecure_lan = true"
    ),
    N_("http.tls_cert or http.tls_key is no readable certificate and key: {what}"),
    N_("the log has no checkpoint yet"),
    N_("cannot read the key file {path}: {what}"),
    N_("cannot replace the key file {path}: {what}"),
    N_("cannot write the key file {path}: {what}"),
    N_("the auditor's private key is not an X25519 key"),
    N_("the auditor's private key is not unencrypted PEM"),
    N_("the auditor's public key is neither PEM nor base64 of 32 octets"),
    N_("the auditor's public key is not an X25519 key"),
    N_("{path} holds no key: expected lines '<generation> <base64 of 32 octets>'"),
    N_("the key file {path} (kek_file) does not exist"),
    N_("the key file {path} can be read by other accounts; chmod it to 0600"),
    N_("the key-encryption key of generation {generation} is not in the key file"),
    N_(
        "the key-encryption key lies beside the database ({path}): whoever takes the disk or "
        "a copy of the directory can read every number and text; move it and set kek_file"
    ),
    N_(
        "the auditor's private key lies on this machine ({path}): whoever takes the machine "
        "can read the whole log, also what is older than the 35 days it keeps open; give it "
        "to the auditor and remove it here"
    ),
    N_("No such file or directory"),
    N_("Permission denied"),
    N_("Is a directory"),
    N_("Not a directory"),
    N_("File exists"),
    N_("No space left on device"),
    N_("Read-only file system"),
    N_("Input/output error"),
    N_("Address already in use"),
    N_("Cannot assign requested address"),
    N_("a copy of a key-encryption key is still in {path}; remove it"),
    N_("these keys were not read from a file"),
    N_("a key of the log does not open under its generation"),
    N_("the key file {path} cannot be written by this service"),
    N_("the write-ahead log is in use; nothing was destroyed, try again"),
    N_("{count} keys are still wrapped under an old generation; nothing was destroyed"),
    N_("the key in {path} is not an Ed25519 key"),
    N_("{file} exists already; a backup never replaces a file"),
    N_("{folder} has {free} MiB free, a backup wants {needed} MiB while it is made"),
    N_("{path} is a damaged database"),
    N_(
        "{file} was made by estate-sms {version} with schema {schema}, this program knows up "
        "to {newest}: install that version first"
    ),
    N_("the backup is damaged: its manifest speaks of another database"),
    N_("{file} cannot be written: {what}"),
    N_("no backup can be made: {what} ({file})"),
    N_("{file} cannot be read: {what}"),
    N_("{file} is no backup, or a damaged one"),
    N_("{file} is damaged: its database is not what its manifest says"),
    N_("{file} is damaged: it cannot be unpacked"),
    N_("SQLite: {what}"),
    N_("no space left for the database"),
    N_("the database cannot be written: read-only, or no rights"),
    N_("the database file is damaged or is no database"),
    N_("the group was rolled back: {what}"),
    N_("the group was not run: {what}"),
    N_("the store is closed"),
    N_("cannot write in the data directory {path}: {what}"),
    N_("{path} is in use by another estate-sms process"),
    N_("migration {number} failed and was rolled back: {what}"),
    N_(
        "the database has schema {version}, this program knows up to {newest}: it was "
        "written by a newer estate-sms; install that version again"
    ),
)
"""Of store, keys, retention, modems and API."""
