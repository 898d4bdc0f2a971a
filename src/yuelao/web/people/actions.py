"""What the actions of the audit trail are called on the screen; an action without a title stands for itself."""

from yuelao.common.language import _

TITLES: dict[str, str] = {
    "task.claim": _("Took a customer"),
    "task.suppress": _("Ended a task"),
    "task.postpone": _("Postponed a task"),
    "phone.reveal": _("Revealed a number"),
    "call.close": _("Closed a call"),
    "call.abandon": _("Gave up a call"),
    "order.create": _("Made an order"),
    "order.confirm": _("Confirmed an order"),
    "campaign.submit": _("Submitted a campaign"),
    "campaign.approve": _("Approved a campaign"),
    "campaign.reject": _("Rejected a campaign"),
    "campaign.start": _("Started a campaign"),
    "campaign.pause": _("Paused a campaign"),
    "campaign.resume": _("Resumed a campaign"),
    "campaign.stop": _("Stopped a campaign"),
    "campaign.close": _("Closed a campaign"),
    "campaign.launch": _("Launched a campaign"),
    "definitions.import": _("Imported definitions"),
    "user.add": _("Added a user"),
    "staff.add": _("Added a person"),
    "staff.password": _("Gave a new password"),
    "staff.let_go": _("Let a person go"),
    "call_list.export": _("Exported a call list"),
    "message.take": _("Took a message in"),
    "marketing.refuse": _("Recorded a refusal of all offers"),
}
