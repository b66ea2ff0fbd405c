"""What the demo's estate sends."""

from __future__ import annotations

SUBMITTER = "李经理"
APPROVER = "王主任"
WATER = "【翠湖物业】因主管抢修，今日9:00至15:00全区停水，请提前储水。给您带来不便，敬请谅解。"
FIRE = "【翠湖物业】紧急：3栋地下车库冒烟，请3栋住户立即走楼梯到中心花园集合，勿乘电梯！"
MEETING = "【翠湖物业】业主大会定于本周六14:00在会所二楼举行，请携带身份证明准时参加。"
CORRECTION = "【翠湖物业】更正：业主大会改为本周日14:00，地点不变。请以此条为准。"
REASON = "日期写错：应为周日"
