# The legacy planner: one issue for each idle agent, and nothing later.
$ clambake plan --from backlog.json --agents 4
Plan for shellworks/shop, made by the legacy planner (DEFAULT)
 
  ISSUE  PRIORITY   AGENT     START  FINISH  TITLE
     #3  unblocker  agent001    now      1h  Database schema for delivery windows
    #21  unblocker  agent003    now      1h  Flaky test: basket_merges_on_login
    #18  very-high  agent004    now      1h  Keyboard: the basket cannot be reached
 
Not scheduled
  ISSUE  PRIORITY   WHY NOT                TITLE
     #1  very-high  no_idle_agent          Order total is wrong when a discount and a gift card meet
     #2  high       no_idle_agent          Checkout: split the payment step out of the controller
     #4  high       no_idle_agent          API: list delivery windows
     #5  high       no_idle_agent          API: reserve a delivery window
     #6  high       no_idle_agent          Page: choose a delivery window
     #7  medium     no_idle_agent          E-mail: confirm the delivery window
     #8  medium     no_idle_agent          Delivery windows
    #10  high       no_idle_agent          Search ignores accents ("café" finds nothing)
    #11  medium     no_idle_agent          Search: rank fresh catches first
    #12  low        no_idle_agent          Search: suggest spellings
    #14  medium     no_idle_agent          Thumbnails in WebP
    #15  medium     no_idle_agent          Lazy-load thumbnails
    #16  low        no_idle_agent          Dark mode
    #17  high       held                   Contrast of the price tag is below 4.5:1
    #19  medium     no_idle_agent          Basket: undo a removal
    #20  high       no_idle_agent          Basket survives a log-in
    #23  medium     no_idle_agent          CI: run the browser tests on two shards
    #24  none       no_idle_agent          Document the webhook payloads
    #25  high       review                 Document how to restore a backup
    #26  none       no_idle_agent          README: badges point at the old branch
    #27  very-high  no_idle_agent          Rotate the signing key
    #28  high       no_idle_agent          Sign the webhook payloads
    #29  very-high  no_idle_agent          Rate-limit the log-in
    #30  medium     no_idle_agent          Log-in: say which field is wrong without saying which exists
    #31  high       no_idle_agent          Invoices: number them without gaps
    #32  medium     branch_completed       Invoices: PDF with the right fonts
    #33  medium     no_idle_agent          Invoices: send by e-mail
    #34  medium     no_idle_agent          Invoices
    #35  high       no_idle_agent          Refunds: partial
    #36  low        open_pull_request #91  Refunds: show the reason
    #37  very-high  no_idle_agent          Stock count drifts after a cancelled order
    #38  medium     no_idle_agent          Stock: nightly reconciliation
    #39  low        no_idle_agent          Stock: alert below the threshold
    #40  very-high  human_only             Decide on the new payment provider
    #41  high       open_pull_request #90  Adapter for the new payment provider
    #42  low        no_idle_agent          Remove the old payment provider
    #43  medium     no_idle_agent          Translate the shop: extract the texts
    #44  low        no_idle_agent          Translate the shop: Français
    #45  low        no_idle_agent          Translate the shop: 日本語
    #46  low        no_idle_agent          Translate the shop: العربية, right to left
    #47  medium     no_idle_agent          Reviews: moderation queue
    #48  none       no_idle_agent          Reviews: helpful votes depend on moderation
    #49  none       no_idle_agent          Reviews: moderation depends on votes
    #50  high       held                   Metrics: p95 of the checkout
    #51  medium     no_idle_agent          Metrics: dashboard
    #52  high       no_idle_agent          Alert on failed payments
    #53  medium     no_idle_agent          Map of the pick-up points
    #54  medium     no_idle_agent          Pick-up points: opening hours
    #55  high       no_idle_agent          Import the suppliers' price lists
    #56  medium     no_idle_agent          Prices: schedule a change
  … and 6 more issues that are not scheduled
 
59 open issues, 4 agents: 3 to hand out now, 0 running, 0 later, 56 not scheduled.
$ clambake plan --from backlog.json --agents 4 --as-of 2026-03-04
Plan for shellworks/shop, made by the legacy planner (DEFAULT)
 
  ISSUE  PRIORITY   AGENT     START  FINISH  TITLE
     #3  unblocker  agent001    now      1h  Database schema for delivery windows
     #1  very-high  agent002    now      1h  Order total is wrong when a discount and a gift card meet
     #9  very-high  agent003    now      1h  Tide tables come from a cache that never expires
     #4  high       agent004    now      1h  API: list delivery windows
 
Not scheduled
  ISSUE  PRIORITY  WHY NOT        TITLE
     #2  high      no_idle_agent  Checkout: split the payment step out of the controller
     #5  high      no_idle_agent  API: reserve a delivery window
     #6  high      no_idle_agent  Page: choose a delivery window
     #7  medium    no_idle_agent  E-mail: confirm the delivery window
     #8  medium    no_idle_agent  Delivery windows
    #10  high      no_idle_agent  Search ignores accents ("café" finds nothing)
    #11  medium    no_idle_agent  Search: rank fresh catches first
 
11 open issues, 4 agents: 4 to hand out now, 0 running, 0 later, 7 not scheduled.
$ clambake plan --from backlog.json --agents agents.json --explain --as-of 2026-03-04
Plan for shellworks/shop, made by the legacy planner (DEFAULT)
 
  ISSUE  PRIORITY   AGENT     START  FINISH  TITLE
     #3  unblocker  agent001    now      1h  Database schema for delivery windows
      priority unblocker; agent001 is free
     #1  very-high  agent002    now      1h  Order total is wrong when a discount and a gift card meet
      priority very-high; agent002 is free
     #9  very-high  agent003    now      1h  Tide tables come from a cache that never expires
      priority very-high; agent003 is free
     #4  high       agent004    now      1h  API: list delivery windows
      priority high; agent004 is free, and has the skill "backend"
     #5  high       agent005    now      1h  API: reserve a delivery window
      priority high; agent005 is free
     #2  high       agent006    now      1h  Checkout: split the payment step out of the controller
      priority high; agent006 is free
 
Not scheduled
  ISSUE  PRIORITY  WHY NOT        TITLE
     #6  high      no_idle_agent  Page: choose a delivery window
      eligible, and every agent has something to do
     #7  medium    no_idle_agent  E-mail: confirm the delivery window
      eligible, and every agent has something to do
     #8  medium    no_idle_agent  Delivery windows
      eligible, and every agent has something to do
    #10  high      no_idle_agent  Search ignores accents ("café" finds nothing)
      eligible, and every agent has something to do
    #11  medium    no_idle_agent  Search: rank fresh catches first
      eligible, and every agent has something to do
 
11 open issues, 6 agents: 6 to hand out now, 0 running, 0 later, 5 not scheduled.
