-- What the nightly purge looks for: without these, each deleted row would scan its children.
CREATE INDEX message_target ON message (target_attempt) WHERE target_attempt IS NOT NULL;
CREATE INDEX attempt_resent ON attempt (resend_of) WHERE resend_of IS NOT NULL;
CREATE INDEX replace_slot_message ON replace_slot (message_id);
CREATE INDEX resident_subject ON resident (subject_id);
CREATE INDEX status_report_subject ON status_report (subject_id);
