"""The operator's own words: names of people and cities, and the Chinese codes its systems write.

Each tuple is indexed by the small integers the simulation works with; `mapping.yaml` beside this file translates
the words to the contract's codes. Names are drawn character by character; telephone numbers begin with 1990000
or follow it, a range nobody holds.
"""

SURNAMES = tuple("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎")
GIVEN_MALE = tuple("伟强磊军洋勇杰涛超明刚平辉健鹏飞波斌宇浩凯文俊峰志建国华东海龙林成康")
GIVEN_FEMALE = tuple("芳娜敏静丽艳娟霞秀燕玲桂英华慧巧美红玉萍月兰凤洁梅琳云莲雪荣爱香莹珍")
CITIES = ("临江市", "云岭市", "青原市", "白河市", "南浦市", "东屏市", "石桥市", "望海市")
CITY_SHARES = (0.26, 0.18, 0.14, 0.12, 0.10, 0.08, 0.07, 0.05)

GENDERS = ("女", "男")
YES_NO = ("否", "是")
BRANDS = ("畅行", "青春", "尊享")
VIP_TYPES = ("非VIP", "银卡", "金卡", "钻石卡")
# the habits of a customer, in this order everywhere: columns of `habit`
HABITS = ("10086热线", "短信营业厅", "网上营业厅", "手机营业厅", "实体营业厅")
HOTLINE, SMS, WEB, APP, HALL = range(len(HABITS))
# where business is done, finer than the habits: `channels` says which habit leads to which of them
CHANNELS = (*HABITS, "自动语音", "自助终端", "外呼", "合作厅", "手机钱包", "WAP掌厅", "银行")
IVR, KIOSK, OUTBOUND, PARTNER_HALL, PHONE_WALLET, WAP, BANK = range(len(HABITS), len(CHANNELS))
# the same channels, as the billing system spells them
PAYMENT_CHANNELS = (
    "热线充值",
    "短信充值",
    "网厅充值",
    "手厅充值",
    "营业厅缴费",
    "语音充值",
    "自助缴费机",
    "外呼代收",
    "合作厅代收",
    "手机钱包",
    "WAP充值",
    "银行代扣",
)
# what campaigns use, by words of their own
CAMPAIGN_CHANNELS = ("电话外呼", "短信群发", "网厅弹窗", "掌厅推送", "营业厅推荐")
REASONS = (
    "话费查询",
    "流量查询",
    "上网慢",
    "流量套餐咨询",
    "5G套餐咨询",
    "购机咨询",
    "彩铃咨询",
    "网络故障",
    "停复机",
    "其他",
    "缴费",
    "积分兑换",
    "补换卡",
    "投诉建议",
)
BILL, DATA_BALANCE, DATA_SLOW, DATA_OFFER, PLAN_OFFER, HANDSET_OFFER, VAS_OFFER, NETWORK, SUSPEND, OTHER = range(10)
PAY, POINTS, CARD, GRIEVANCE = range(10, len(REASONS))
# kinds of business, in this order everywhere
BUSINESSES = (
    "缴费",
    "余额查询",
    "流量包办理",
    "套餐变更",
    "购机",
    "增值业务办理",
    "网络报障",
    "停复机及补换卡",
    "积分",
    "投诉",
    "其他",
)
PAYMENT = BUSINESSES.index("缴费")
BUSINESS_OF_REASON = (1, 1, 6, 2, 3, 4, 5, 6, 7, 10, 0, 8, 7, 9)
FAILURES = ("", "系统超时", "验证码错误", "库存不足", "余额不足", "业务互斥")
CATEGORIES = ("首页", "账单", "流量专区", "套餐专区", "手机商城", "彩铃专区")
COMPLAINT_CATEGORIES = ("营销骚扰", "网络质量", "资费争议", "服务态度")
OUTCOMES = (
    "已购买",
    "预约回拨",
    "考虑",
    "拒绝",
    "拒绝一切营销",
    "投诉",
    "无人接听",
    "占线",
    "语音信箱",
    "空号",
    "号码错误",
)
ORDER_STATES = ("已激活", "已送达", "已取消", "已退货", "失败")
KINDS = ("套餐", "流量包", "增值业务", "合约")
