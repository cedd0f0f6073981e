"""Exports of products, as each writes them."""

from __future__ import annotations

from typing import Final

from tests.flows.optout_lists.model import OptOutList

__all__ = ["PRODUCTS"]

_A, _B, _C, _D, _F = (
    "ann.adler@acme.example",
    "ben@bolt.example",
    "cem@corax.example",
    "dee@dune.example",
    "fay@fern.example",
)

PRODUCTS: Final = (
    OptOutList(
        "SendGrid unsubscribes",
        f"email,created\n{_A},1443651125\n{_B},1443651141\n",
        "ann ben",
        name="suppression_unsubscribes.csv",
    ),
    OptOutList(
        "SendGrid bounces",
        f'status,reason,email,created\n5.1.1,"550 5.1.1 The account does not exist",{_F},1443651125\n',
        bounces="fay",
        name="suppression_bounces.csv",
    ),
    OptOutList(
        "SendGrid blocks, renamed",
        f'email,reason,status,created\n{_F},"550 5.7.1 blocked",5.7.1,1443651125\n',
        bounces="fay",
        name="export (3).csv",
    ),
    OptOutList(
        "SendGrid spam reports",
        f"ip,email,created\n192.0.2.1,{_A},1443651125\n",
        "ann",
        name="suppression_spam_reports.csv",
    ),
    OptOutList(
        "SendGrid invalid",
        f"reason,email,created\nMail domain mentioned in email address is unknown,{_F},1443651125\n",
        bounces="fay",
        name="suppression_invalid_emails.csv",
    ),
    OptOutList(
        "SendGrid bounces in JSON",
        f'[{{"created":1443651125,"email":"{_F}","reason":"550 5.1.1 unknown","status":"5.1.1"}}]',
        bounces="fay",
        name="bounces.json",
    ),
    OptOutList(
        "SendGrid unsubscribes in JSON",
        f'[{{"created":1443651125,"email":"{_A}"}},{{"created":1443651126,"email":"{_B}"}}]',
        "ann ben",
        name="unsubscribes.json",
    ),
    OptOutList(
        "Mailchimp unsubscribed",
        "Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,CONFIRM_TIME,UNSUB_TIME,"
        "UNSUB_CAMPAIGN_TITLE,UNSUB_REASON,LEID\n"
        f"{_A},Ann,Adler,2,,2025-01-01 10:00:00,2026-09-01 10:00:00,Autumn,NORMAL,1\n"
        f"{_B},Ben,Boll,2,,2025-01-01 10:00:00,,,,2\n",
        "ann ben",
        name="unsubscribed_segment_export_8f2a.csv",
    ),
    OptOutList(
        "Mailchimp cleaned",
        f"Email Address,First Name,Last Name,MEMBER_RATING,CONFIRM_TIME,LEID\n{_F},Fay,Foy,2,2025-01-01 10:00:00,1\n",
        bounces="fay",
        name="cleaned_segment_export_8f2a.csv",
    ),
    OptOutList(
        "HubSpot opt-out list",
        "Email,First Name,Unsubscribed from all email,Opted out of email: Marketing Information,Contact owner\n"
        f"{_A},Ann,true,true,Ben\n{_B},Ben,false,false,Ben\n",
        "ann",
    ),
    OptOutList(
        "Salesforce individuals",
        f"Id,Email,HasOptedOutSolicit,ShouldForget\n1,{_A},TRUE,FALSE\n2,{_B},FALSE,FALSE\n3,{_F},FALSE,TRUE\n",
        "ann fay",
    ),
    OptOutList(
        "HubSpot, whoever it bills for",
        "Email,Marketing contact status,Unsubscribed from all email\n"
        f"{_A},Non-marketing contact,Yes\n{_B},Non-marketing contact,No\n{_C},Marketing contact,No\n",
        "ann",
        name="all-contacts.csv",
    ),
    OptOutList(
        "HubSpot, unsubscribed and billed for",
        f"Email,Marketing contact status\n{_A},Marketing contact\n{_B},Non-marketing contact\n",
        "ann ben",
        name="unsubscribed contacts.csv",
    ),
    OptOutList(
        "Mailchimp, those who stay",
        f"Email Address,First Name,CONFIRM_TIME\n{_A},Ann,2025-01-01 10:00:00\n",
        name="subscribed_members_export_abc.csv",
        quarantined="nobody_opted_out",
    ),
    OptOutList("HubSpot, addresses alone", f"Email\n{_A}\n{_B}\n", "ann ben", name="hubspot-opt-out-list.csv"),
    OptOutList(
        "Salesforce report",
        f'"First Name","Last Name","Email","Phone","Email Opt Out","Do Not Call"\n"Ann","Adler","{_A}","","1","0"\n'
        f'"Ben","Boll","{_B}","(212) 555-0102","0","1"\n"Cem","Can","{_C}","","0","0"\n\n"Grand Totals (3 records)"\n'
        '"Confidential Information - Do Not Distribute"\n',
        "ann ben",
        codec="cp1252",
        rejects=1,
    ),
    OptOutList(
        "Mailgun unsubscribes",
        f'address,tags,created_at\n{_A},*,"Thu, 01 Oct 2026 10:00:00 UTC"\n',
        "ann",
        name="unsubscribes.csv",
    ),
    OptOutList(
        "Mailgun bounces in JSON",
        f'{{"items":[{{"address":"{_F}","code":"550","error":"No such mailbox"}}],"paging":{{"next":"x"}}}}',
        bounces="fay",
        name="mailgun_bounces.json",
    ),
    OptOutList(
        "Postmark suppressions",
        "EmailAddress,SuppressionReason,Origin,CreatedAt\n"
        f"{_F},HardBounce,Recipient,2026-10-01\n{_A},SpamComplaint,Recipient,2026-10-01\n"
        f"{_B},ManualSuppression,Customer,2026-10-01\n",
        "ann ben",
        bounces="fay",
    ),
    OptOutList(
        "Amazon SES in JSON",
        f'{{"SuppressedDestinationSummaries":[{{"EmailAddress":"{_F}","Reason":"BOUNCE","LastUpdateTime":1.0}},'
        f'{{"EmailAddress":"{_A}","Reason":"COMPLAINT","LastUpdateTime":2.0}}]}}',
        "ann",
        bounces="fay",
        name="ses.json",
    ),
    OptOutList(
        "Amazon SES",
        f"EmailAddress,Reason,LastUpdateTime\n{_F},BOUNCE,2026-10-01\n{_A},COMPLAINT,2026-10-01\n",
        "ann",
        bounces="fay",
    ),
    OptOutList(
        "Brevo",
        f"CONTACT ID,EMAIL,FIRSTNAME,EMAIL_BLACKLIST,SMS_BLACKLIST\n1,{_A},Ann,Yes,No\n2,{_B},Ben,No,No\n",
        "ann",
    ),
    OptOutList(
        "Klaviyo",
        "Email,First Name,Email Marketing Consent,Email Marketing Consent Timestamp\n"
        f"{_A},Ann,UNSUBSCRIBED,2026-09-01\n{_B},Ben,SUBSCRIBED,2026-01-01\n{_C},Cem,NEVER_SUBSCRIBED,\n",
        "ann",
    ),
    OptOutList(
        "Klaviyo suppressions",
        f"Email,Reason,Timestamp\n{_A},Unsubscribed,2026-09-01\n{_F},Hard Bounced,2026-09-01\n"
        f"{_B},Marked as Spam,2026-09-01\n",
        "ann ben",
        bounces="fay",
    ),
    OptOutList(
        "ActiveCampaign",
        "Email,First Name,Status,Unsubscribe Date,Unsubscribe Reason\n"
        f"{_A},Ann,Unsubscribed,2026-09-01,too many\n{_B},Ben,Active,,\n{_F},Fay,Bounced,,\n",
        "ann",
        bounces="fay",
    ),
    OptOutList(
        "Marketo",
        "Email Address,Unsubscribed,Unsubscribed Reason,Email Invalid,Do Not Call,Marketing Suspended\n"
        f"{_A},true,link,false,false,false\n{_B},false,,false,false,false\n",
        "ann",
    ),
    OptOutList(
        "Pardot", f"First Name,Email,Opted Out,Do Not Email,Do Not Call\nAnn,{_A},1,0,0\nBen,{_B},0,0,0\n", "ann"
    ),
    OptOutList(
        "Campaign Monitor",
        f"Email Address,Name,State,Date\n{_A},Ann,Unsubscribed,2026-09-01\n{_B},Ben,Active,2026-09-01\n"
        f"{_F},Fay,Bounced,2026-09-01\n",
        "ann",
        bounces="fay",
    ),
    OptOutList(
        "Constant Contact",
        f"Email address,First name,Email status,Email permission status\n{_A},Ann,Unsubscribed,Unsubscribed\n"
        f"{_B},Ben,Active,Express\n",
        "ann",
    ),
    OptOutList(
        "Intercom",
        "User ID,Name,Email,Unsubscribed from Emails,Has hard bounced,Marked email as spam\n"
        f"1,Ann,{_A},true,false,false\n2,Ben,{_B},false,false,false\n3,Fay,{_F},false,true,false\n",
        "ann",
        bounces="fay",
    ),
    OptOutList("Outreach", f"Email,Opted Out,Opted Out At\n{_A},true,2026-09-01T10:00:00Z\n{_B},false,\n", "ann"),
    OptOutList(
        "Salesloft",
        f"Email Address,First Name,Do Not Contact,Bounced\n{_A},Ann,True,False\n{_B},Ben,False,False\n"
        f"{_F},Fay,False,True\n",
        "ann",
        bounces="fay",
    ),
    OptOutList(
        "Apollo",
        "First Name,Email,Corporate Phone,Mobile Phone,Do Not Call\nAnn,,,'+1 312 555 0101,true\n"
        "Ben,,,'+1 212 555 0102,false\n",
        "ann",
    ),
    OptOutList(
        "listmonk",
        f"uuid,email,name,attributes,status,created_at\nx,{_A},Ann,{{}},blocklisted,2026-01-01\n"
        f"y,{_B},Ben,{{}},enabled,2026-01-01\n",
        "ann",
    ),
    OptOutList(
        "Google Groups",
        f"Email address,Nickname,Group status,Email status,Email preference\n{_A},Ann,member,,No email\n"
        f"{_B},Ben,member,,All email\n",
        "ann",
    ),
    OptOutList(
        "SparkPost",
        f"recipient,type,source,description\n{_A},non_transactional,List Unsubscribe,\n"
        f"{_F},transactional,Bounce Rule,550 5.1.1 no mailbox\n{_B},non_transactional,Spam Complaint,\n",
        "ann ben",
        bounces="fay",
    ),
    OptOutList(
        "Log of text messages",
        "To,Status,ErrorCode,DateSent\n+13125550101,undelivered,21610,2026-10-01\n+13125550199,delivered,,2026-10-01\n",
        "ann",
    ),
    OptOutList(
        "Mandrill rejects",
        f"email,reason,detail,created_at\n{_A},unsub,,2026-01-01\n{_F},hard-bounce,550,2026-01-01\n"
        f"{_B},spam,,2026-01-01\n",
        "ann ben",
        bounces="fay",
    ),
    OptOutList(
        "MailerLite",
        f"Subscriber,Status,Subscribed,Unsubscribed\n{_A},unsubscribed,2025-01-01,2026-01-01\n"
        f"{_B},active,2025-01-01,\n{_C},junk,2025-01-01,\n",
        "ann cem",
    ),
    OptOutList(
        "Dynamics",
        f"Email,Do not allow Emails,Do not allow Phone Calls\n{_A},Do Not Allow,Allow\n{_B},Allow,Allow\n",
        "ann",
    ),
    OptOutList("Shopify", f"First Name,Email,Accepts Email Marketing,Phone\nAnn,{_A},no,\nBen,{_B},yes,\n", "ann"),
    OptOutList(
        "Ghost",
        f"id,email,name,subscribed_to_emails,created_at\n1,{_A},Ann,false,2026-01-01\n2,{_B},Ben,true,2026-01-01\n",
        "ann",
    ),
    OptOutList(
        "a log of events",
        f"email,event,timestamp\n{_A},unsubscribe,1\n{_B},delivered,2\n{_C},spamreport,3\n{_F},bounce,4\n"
        f"{_D},click,5\n",
        "ann cem",
        bounces="fay",
    ),
)
