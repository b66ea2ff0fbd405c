"""Refusals around leave: approvals, countersigns, recalls, proposals, roles."""

from __future__ import annotations

from typing import Literal

from .problem import Problem

LeaveCode = Literal[
    "already_approved",
    "already_recalled",
    "approval_expired",
    "approval_not_needed",
    "approver_not_asked",
    "approver_too_new",
    "countersign_not_needed",
    "digest_changed",
    "disclosure_needed",
    "not_a_person",
    "nobody_to_ask",
    "nothing_to_recall",
    "others_decide",
    "own_emergency",
    "own_key",
    "own_proposal",
    "own_recall",
    "own_send",
    "person_disabled",
    "policy_invalid",
    "policy_unchanged",
    "proposer_gone",
    "roles_conflict",
    "word_list_invalid",
    "word_list_unchanged",
    "wrong_state",
]

LEAVE: dict[LeaveCode, Problem] = {
    "already_approved": Problem(
        409,
        "You approved this batch already: it waits for another person.",
        "您已审批过该批次，还需另一人审批。",
    ),
    "already_recalled": Problem(
        409, "A recall of it runs already, or is over.", "该消息正在撤回或已撤回。"
    ),
    "approval_expired": Problem(
        409,
        "The time to approve this batch is over; it goes back to its submitter, who can send it again.",
        "审批期限已过，该批次将退回提交人，可重新提交。",
    ),
    "approval_not_needed": Problem(
        409, "Nothing on this batch waits for an approval.", "该批次没有待审批的事项。"
    ),
    "approver_not_asked": Problem(
        403,
        "The send policy asks others to approve this ({approvers}).",
        "发送规范要求由其他人审批（{approvers}）。",
    ),
    "approver_too_new": Problem(
        403,
        "You became an approver after this was submitted: another person has to decide.",
        "您在此项提交之后才成为审批人，须由另一人决定。",
    ),
    "countersign_not_needed": Problem(
        409,
        "This is no emergency that waits for a countersign.",
        "该批次不是待复核的紧急消息。",
    ),
    "digest_changed": Problem(
        409,
        "The batch is not the one you looked at: its digest differs. Read it again, then decide.",
        "批次摘要不一致，您看到的不是当前内容。请重新查看后再决定。",
    ),
    "disclosure_needed": Problem(
        403,
        "Numbers and texts as they are need another person's leave, which was given to nobody, or to "
        "someone else, or was used: ask for a disclosure first.",
        "含完整号码与内容的台账须由另一人批准：尚无批准，或批准属于他人、已用过、已过期，请先申请。",
    ),
    "not_a_person": Problem(
        403,
        "Only a person's key decides this; keys of systems and the local command line never do.",
        "只有个人密钥可以做此决定，系统密钥和本机命令行不可以。",
    ),
    "nobody_to_ask": Problem(
        409,
        "This key needs another person's leave, and no approver is left to ask. Stop the service and "
        "repeat it at the machine with --alone --reason; it is on record.",
        "该密钥须经另一人同意，但已无可询问的审批人。请停止服务，在本机加 --alone --reason 重新执行，操作会被记录。",
    ),
    "nothing_to_recall": Problem(
        409, "There is nothing to recall here: {why}.", "没有可以撤回的内容：{why}。"
    ),
    "others_decide": Problem(
        409,
        "There are persons who can approve this key: ask one of them, and leave --alone out.",
        "仍有人可以审批该密钥，请勿使用 --alone，由其中一人审批。",
    ),
    "own_emergency": Problem(
        403,
        "You sent this emergency yourself: another person has to countersign.",
        "您不能复核自己发送的紧急消息，须由另一人复核。",
    ),
    "own_key": Problem(
        403,
        "This key would be yours: another person has to decide.",
        "您不能审批发给自己的密钥，须由另一人决定。",
    ),
    "own_proposal": Problem(
        403,
        "You proposed this yourself: another person has to decide.",
        "您不能审批自己提出的变更，须由另一人决定。",
    ),
    "own_recall": Problem(
        403,
        "You asked for this recall yourself: another person has to decide.",
        "您不能审批自己发起的撤回，须由另一人决定。",
    ),
    "own_send": Problem(
        403,
        "You submitted this batch yourself: another person has to decide.",
        "您不能审批自己提交的批次，须由另一人决定。",
    ),
    "person_disabled": Problem(
        403, "This person was disabled and can decide nothing.", "该人员已停用，无法做出决定。"
    ),
    "policy_invalid": Problem(
        422, "The send policy {file} cannot be used: {what}.", "发送规范 {file} 无效：{what}。"
    ),
    "policy_unchanged": Problem(
        409, "This is the send policy that is in force already.", "该发送规范已在执行。"
    ),
    "proposer_gone": Problem(
        409,
        "Who asked for this key is no administrator any more; an administrator can ask again.",
        "提出该密钥的人已不是管理员，请由管理员重新提出。",
    ),
    "roles_conflict": Problem(
        409,
        "One person never holds {first} and {second} together. Revoke a key first, or ask another person.",
        "同一人不能同时拥有 {first} 和 {second} 权限。请先吊销密钥，或改由他人承担。",
    ),
    "word_list_invalid": Problem(
        422, "Word list {file}, line {line}: {what}.", "词表 {file} 第 {line} 行：{what}。"
    ),
    "word_list_unchanged": Problem(
        409, "This is the word list that is in force.", "该词表与当前生效的词表相同。"
    ),
    "wrong_state": Problem(
        409, "This cannot be done while it is {state}.", "当前状态（{state}）下不能执行此操作。"
    ),
}
