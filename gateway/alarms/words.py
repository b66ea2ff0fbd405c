"""What an alarm says, in Chinese and English: in lists and in an SMS. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from ...policy.errors import Language


class Words(NamedTuple):
    """While it stands, and when it is over; ``{ref}`` is what it is about."""

    zh: str
    zh_over: str
    en: str
    en_over: str


TOLD = MappingProxyType(
    {
        "all_modems_offline": Words(
            "所有短信模块离线，无法发送", "短信模块已恢复",
            "all modems are offline, nothing can be sent", "modems are back",
        ),
        "operator_down": Words(
            "运营商{ref}的全部SIM卡无网络", "运营商{ref}已恢复",
            "no SIM of operator {ref} can send", "operator {ref} is back",
        ),
        "quarantined": Words(
            "模块{ref}多次恢复失败，已停用", "模块{ref}已恢复",
            "modem {ref} could not be recovered and is out of use", "modem {ref} is back",
        ),
        "pin_refused": Words(
            "模块{ref}的SIM卡PIN码被拒", "模块{ref}的PIN码已通过",
            "the SIM in modem {ref} refused its PIN", "modem {ref} has its PIN",
        ),
        "quota_near": Words(
            "模块{ref}的SIM卡额度将用完", "模块{ref}的SIM卡额度已恢复",
            "the SIM in modem {ref} nears its quota", "modem {ref} has quota again",
        ),
        "storage_filling": Words(
            "模块{ref}的短信存储快满", "模块{ref}的短信存储已清理",
            "the message storage of modem {ref} fills up", "modem {ref} has storage again",
        ),
        "modem_resetting": Words(
            "模块{ref}反复重启，请检查供电", "模块{ref}已稳定",
            "modem {ref} keeps restarting, check its power", "modem {ref} is steady again",
        ),
        "queue_stale": Words(
            "{ref}级短信积压过久", "{ref}级短信已不再积压",
            "messages of class {ref} wait too long", "class {ref} moves again",
        ),
        "in_doubt_old": Words(
            "有短信是否发出不明已超过一小时，请人工处理", "是否发出不明的短信已处理",
            "messages are in doubt for over an hour, decide about them", "nothing is in doubt for long",
        ),
        "disk_low": Words("磁盘空间不足", "磁盘空间已恢复", "the disk is nearly full", "there is disk space"),
        "ballast_given": Words(
            "磁盘已满，只接受紧急短信", "磁盘已恢复",
            "the disk is full, only emergencies are accepted", "all sends are accepted again",
        ),
        "clock_apart": Words(
            "系统时钟跳变，暂按原时间运行，请核对", "系统时钟已一致",
            "the machine's clock jumped; ours goes on, check it", "the clock agrees again",
        ),
        "clock_unknown": Words(
            "系统时钟不可信，只发紧急短信，请校时", "系统时钟已校准",
            "the clock is wrong, only emergencies are sent", "the clock is right again",
        ),
        "countersign_overdue": Words(
            "紧急短信{ref}逾期未复核", "紧急短信{ref}已复核",
            "nobody countersigned emergency {ref}", "emergency {ref} was countersigned",
        ),
        "sim_changed": Words("模块{ref}换了SIM卡", "", "modem {ref} holds another SIM", ""),
        "anchor_conflict": Words(
            "审计日志与见证不符，请立即核查", "",
            "the witness saw another audit log, look into it", "",
        ),
    }
)  # fmt: skip
"""The alarms that duty phones are told of; the others are for the feed and the list."""
LISTED = MappingProxyType(
    {
        "anchor_unseen": Words("审计锚点短信未送达任何手机", "", "the log's anchor SMS reached no phone", ""),
        "approval_expired": Words("批次{ref}逾期未审批，已退回", "", "nobody approved {ref} in time, it went back", ""),
        "countersigned": Words("紧急短信{ref}已复核", "", "emergency {ref} was countersigned", ""),
        "disclosure_asked": Words("有人申请查看完整台账{ref}", "", "somebody asked for the full ledger, {ref}", ""),
        "emergency": Words("已发出紧急短信{ref}", "", "emergency {ref} was sent", ""),
        "key_rotated": Words("密钥加密密钥已轮换，请更新保险柜中的备份", "", "the key-encryption key was rotated, renew the copy in the safe", ""),
        "key_rotation_due": Words("密钥加密密钥应当轮换", "", "the key-encryption key has to be rotated", ""),
        "modem_unregistered": Words("模块{ref}未登记", "", "the modem in {ref} is not in the register", ""),
        "poison": Words("短信{ref}使软件出错，已搁置", "", "message {ref} made the software fail and was set aside", ""),
        "restored": Words("数据库已从备份恢复，待发短信均已暂扣", "", "a backup was restored, what waits is held", ""),
        "sim_unregistered": Words("模块{ref}的SIM卡未登记", "", "the SIM in modem {ref} is not in the register", ""),
    }
)  # fmt: skip
"""What is only for the feed and the list."""
_HEAD = {"zh": "短信网关报警：", "en": "estate-sms alarm: "}
_OVER = {"zh": "解除：", "en": "over: "}
_CLASSES = {"emergency": "紧急", "urgent": "加急", "normal": "普通", "bulk": "批量"}


def sentence(code: str, ref: str, language: Language, *, over: bool = False) -> str:
    """One alarm in words; of a code without words, its own name and what it is about."""
    words = TOLD.get(code) or LISTED.get(code)
    if words is None:
        return f"{code.replace('_', ' ')} {ref}".strip()
    zh, zh_over, en, en_over = words
    form = (zh_over if over else zh) if language == "zh" else (en_over if over else en)
    return form.format(ref=_CLASSES.get(ref, ref) if language == "zh" else ref)


def notice(alarms: Iterable[tuple[str, str, bool, datetime]], language: Language) -> str:
    """The text of an SMS about ``alarms``: code, reference, whether over, and since when."""
    lines = [
        f"{at:%H:%M} {_OVER[language] if over else ''}{sentence(code, ref, language, over=over)}"
        for code, ref, over, at in alarms
    ]
    return _HEAD[language] + ("；" if language == "zh" else "; ").join(lines)
