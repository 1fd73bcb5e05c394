# The v2 planner, as a person and as a program see it.
$ CLAMBAKE_NEW_PLANNER=true clambake plan --from backlog.json --agents agents.json
Plan for shellworks/shop, made by the v2 planner (STATIC: env)
 
  ISSUE  PRIORITY   AGENT       START  FINISH  TITLE
    #21  unblocker  agent001      now     30m  Flaky test: basket_merges_on_login
    #17  high       agent002  running     15m  Contrast of the price tag is below 4.5:1
    #29  very-high  agent003      now      1h  Rate-limit the log-in
    #37  very-high  agent003      now      1h  Stock count drifts after a cancelled order
     #3  unblocker  agent004      now      1h  Database schema for delivery windows
    #50  high       agent005  running     30m  Metrics: p95 of the checkout
     #2  high       agent006      now      4h  Checkout: split the payment step out of the controller
    #18  very-high  agent002      15m     45m  Keyboard: the basket cannot be reached
    #27  very-high  agent001      30m      1h  Rotate the signing key
    #24  none       agent005      30m   1h15m  Document the webhook payloads
    #31  high       agent002      45m   5h45m  Invoices: number them without gaps
     #4  high       agent001       1h   1h30m  API: list delivery windows
    #20  high       agent003       1h      2h  Basket survives a log-in
    #55  high       agent003       1h   4h20m  Import the suppliers' price lists
    #10  high       agent004       1h      2h  Search ignores accents ("café" finds nothing)
    #19  medium     agent005    1h15m   2h15m  Basket: undo a removal
     #5  high       agent001    1h30m   2h30m  API: reserve a delivery window
    #30  medium     agent003       2h   2h30m  Log-in: say which field is wrong without saying which exists
    #28  high       agent004       2h      3h  Sign the webhook payloads
    #53  medium     agent005    2h15m   3h15m  Map of the pick-up points
     #6  high       agent001    2h30m   3h30m  Page: choose a delivery window
    #43  medium     agent003    2h30m   4h30m  Translate the shop: extract the texts
    #11  medium     agent004       3h      4h  Search: rank fresh catches first
    #26  none       agent005    3h15m   3h30m  README: badges point at the old branch
    #38  medium     agent001    3h30m   4h30m  Stock: nightly reconciliation
    #58  none       agent005    3h30m   3h45m  Fixes #1, says the title, and means nothing by it
    #57  none       agent005    3h45m      4h  ::error::title that poses as a workflow command  [31mand as red
     #1  very-high  agent004       4h      5h  Order total is wrong when a discount and a gift card meet
    #16  low        agent005       4h      6h  Dark mode
    #23  medium     agent006       4h      5h  CI: run the browser tests on two shards
    #47  medium     agent003    4h20m   6h20m  Reviews: moderation queue
    #14  medium     agent001    4h30m   5h30m  Thumbnails in WebP
    #56  medium     agent003    4h30m   5h30m  Prices: schedule a change
     #7  medium     agent004       5h   5h30m  E-mail: confirm the delivery window
    #59  medium     agent006       5h      6h  Load test of the checkout
    #51  medium     agent001    5h30m   6h30m  Metrics: dashboard
    #15  medium     agent003    5h30m      6h  Lazy-load thumbnails
     #8  medium     agent004    5h30m   6h30m  Delivery windows
    #12  low        agent002    5h45m   7h45m  Search: suggest spellings
    #45  low        agent003       6h      7h  Translate the shop: 日本語
    #46  low        agent005       6h      8h  Translate the shop: العربية, right to left
    #39  low        agent003    6h20m   6h50m  Stock: alert below the threshold
    #44  low        agent001    6h30m   7h30m  Translate the shop: Français
 
Not scheduled
  ISSUE  PRIORITY        WHY NOT                TITLE
    #25  high            review                 Document how to restore a backup
    #32  medium          branch_completed       Invoices: PDF with the right fonts
    #33  medium          blocked by #32         Invoices: send by e-mail
    #34  medium          blocked by #32, #33    Invoices
    #35  high            open_pull_request #91  Refunds: partial
    #36  low             open_pull_request #91  Refunds: show the reason
    #40  very-high       human_only             Decide on the new payment provider
    #41  high            open_pull_request #90  Adapter for the new payment provider
    #42  low             blocked by #41         Remove the old payment provider
    #48  none            cycle #48, #49         Reviews: helpful votes depend on moderation
    #49  none            cycle #49, #48         Reviews: moderation depends on votes
    #52  high            blocked by #41         Alert on failed payments
    #54  medium          blocked                Pick-up points: opening hours
    #60  ready_to_merge  ready_to_merge         Merge the branch of the load test
    #61  high            human_only             Write the privacy notice
    #62  none            not_ready              Old idea without a label
 
59 open issues, 6 agents: 5 to hand out now, 2 running, 36 later, 16 not scheduled.
Done in 8h; no plan takes less than 7h5m (load: all work shared evenly by all agents): 12.94 % above the bound.
Note: #54 is blocked because one of its blockers could not be read.
Note: Putting higher priorities first costs 45 minutes: without them all would be done after 435 minutes.
Note: Workload: the busiest agent works 480 minutes for each issue it can take at a time; no plan does with less than 425 (not within 10 % of optimal).
$ CLAMBAKE_NEW_PLANNER=true clambake plan --from backlog.json --agents agents.json --explain --as-of 2026-03-10
Plan for shellworks/shop, made by the v2 planner (STATIC: env)
 
  ISSUE  PRIORITY   AGENT       START  FINISH  TITLE
    #21  unblocker  agent001      now     30m  Flaky test: basket_merges_on_login
      priority unblocker; agent001 is free
    #17  high       agent002  running     15m  Contrast of the price tag is below 4.5:1
      priority high; agent002 holds it already and keeps it
     #1  very-high  agent003      now      1h  Order total is wrong when a discount and a gift card meet
      priority very-high; agent003 is free
    #29  very-high  agent003      now      1h  Rate-limit the log-in
      priority very-high; agent003 is free
     #3  unblocker  agent004      now      1h  Database schema for delivery windows
      priority unblocker; agent004 is free, and has the skill "backend"
    #19  medium     agent005      now      1h  Basket: undo a removal
      priority medium; agent005 is free, and has the skill "frontend"
    #23  medium     agent006      now      1h  CI: run the browser tests on two shards
      priority medium; agent006 is free, and has the skill "chore"
    #27  very-high  agent002      15m     45m  Rotate the signing key
      priority very-high; agent002 is free once #17 is done
    #31  high       agent001      30m   5h30m  Invoices: number them without gaps
      priority high; agent001 is free once #21 is done
    #10  high       agent002      45m   1h45m  Search ignores accents ("café" finds nothing)
      priority high; agent002 is free once #27 is done
     #4  high       agent003       1h   1h30m  API: list delivery windows
      priority high; agent003 is free once #29 is done
      waits for its blocker #3, done at 1h
    #18  very-high  agent003       1h   1h30m  Keyboard: the basket cannot be reached
      priority very-high; agent003 is free once #29 is done
    #35  high       agent004       1h      3h  Refunds: partial
      priority high; agent004 is free once #3 is done, and has the skill "backend"
    #24  none       agent005       1h   1h45m  Document the webhook payloads
      no priority label: it ranks with medium; agent005 is free once #19 is done, and has the skill "docs"
    #26  none       agent006       1h   1h15m  README: badges point at the old branch
      no priority label: it ranks with medium; agent006 is free once #23 is done, and has the skill "docs"
     #5  high       agent003    1h30m   2h30m  API: reserve a delivery window
      priority high; agent003 is free once #18 is done
      waits for its blocker #4, done at 1h30m
    #20  high       agent003    1h30m   2h30m  Basket survives a log-in
      priority high; agent003 is free once #18 is done
    #28  high       agent002    1h45m   2h45m  Sign the webhook payloads
      priority high; agent002 is free once #10 is done
      waits for its blocker #27, done at 45m
    #16  low        agent005    1h45m   3h45m  Dark mode
      priority low; agent005 is free once #24 is done, and has the skill "frontend"
     #6  high       agent003    2h30m   3h30m  Page: choose a delivery window
      priority high; agent003 is free once #20 is done
      waits for its blocker #5, done at 2h30m
    #11  medium     agent003    2h30m   3h30m  Search: rank fresh catches first
      priority medium; agent003 is free once #20 is done
      waits for its blocker #10, done at 1h45m
     #7  medium     agent002    2h45m   3h15m  E-mail: confirm the delivery window
      priority medium; agent002 is free once #28 is done
      waits for its blocker #5, done at 2h30m
    #14  medium     agent004       3h      4h  Thumbnails in WebP
      priority medium; agent004 is free once #35 is done, and has the skill "backend"
     #2  high       agent006       3h      7h  Checkout: split the payment step out of the controller
      priority high; agent006 is free once #26 is done
    #30  medium     agent002    3h15m   3h45m  Log-in: say which field is wrong without saying which exists
      priority medium; agent002 is free once #7 is done
     #8  medium     agent003    3h30m   4h30m  Delivery windows
      priority medium; agent003 is free once #11 is done
      waits for its sub-issue #4, done at 1h30m
      waits for its sub-issue #5, done at 2h30m
      waits for its sub-issue #6, done at 3h30m
      waits for its sub-issue #7, done at 3h15m
    #12  low        agent003    3h30m   5h30m  Search: suggest spellings
      priority low; agent003 is free once #11 is done
      waits for its blocker #11, done at 3h30m
    #15  medium     agent002       4h   4h30m  Lazy-load thumbnails
      priority medium; agent002 is free once #30 is done
      waits for its blocker #14, done at 4h
 
Not scheduled
  ISSUE  PRIORITY  WHY NOT              TITLE
    #25  high      review               Document how to restore a backup
      labelled route:review: its work is finished and waits for a bundle
    #32  medium    branch_completed     Invoices: PDF with the right fonts
      its agent branch is ahead of the base: the work is done
    #33  medium    blocked by #32       Invoices: send by e-mail
      blocked by #32 (branch_completed), which has no place in this plan
    #34  medium    blocked by #32, #33  Invoices
      blocked by #32 (branch_completed), which has no place in this plan
      blocked by #33 (blocked), which has no place in this plan
 
32 open issues, 6 agents: 6 to hand out now, 1 running, 21 later, 4 not scheduled.
Done in 7h; no plan takes less than 6h (file area: work on one area is done one after another): 16.67 % above the bound.
Note: Workload: the busiest agent works 330 minutes for each issue it can take at a time; no plan does with less than 281 (not within 10 % of optimal).
$ CLAMBAKE_NEW_PLANNER=true clambake plan --readonly --from backlog.json --agents 3 --as-of 2026-03-03T12:00:00Z --json
{"schema":"clambake.plan/1","planner":"v2","reason":"STATIC:env","readonly":true,"repository":"shellworks/shop","issues_considered":10,"assignments":[{"issue":3,"agent":"agent001","start":0,"finish":60,"now":true,"priority":"unblocker"},{"issue":1,"agent":"agent002","start":0,"finish":60,"now":true,"priority":"very-high"},{"issue":9,"agent":"agent003","start":0,"finish":30,"now":true,"priority":"very-high"},{"issue":10,"agent":"agent003","start":30,"finish":90,"now":false,"priority":"high"},{"issue":2,"agent":"agent001","start":60,"finish":300,"now":false,"priority":"high"},{"issue":4,"agent":"agent002","start":60,"finish":90,"now":false,"priority":"high"},{"issue":5,"agent":"agent002","start":90,"finish":150,"now":false,"priority":"high"},{"issue":11,"agent":"agent003","start":90,"finish":150,"now":false,"priority":"medium"},{"issue":6,"agent":"agent002","start":150,"finish":210,"now":false,"priority":"high"},{"issue":7,"agent":"agent003","start":150,"finish":180,"now":false,"priority":"medium"}],"unassigned":[],"makespan":300,"lower_bound":300,"lower_bound_proof":"file area: work on one area is done one after another","gap":0.0000,"load":{"agent001":300,"agent002":210,"agent003":180},"notes":["Workload: the busiest agent works 300 minutes; no plan does with less than 240 (not within 10 % of optimal)."],"digest":"sha256:b397358769c91338498ab0a2b179d659fab5c6f33c99000636a83842e5c1cb0a"}
$ CLAMBAKE_NEW_PLANNER=true clambake plan --from - --agents 3 --as-of 2026-03-02 < backlog.json
Plan for shellworks/shop, made by the v2 planner (STATIC: env)
 
  ISSUE  PRIORITY   AGENT     START  FINISH  TITLE
     #3  unblocker  agent001    now      1h  Database schema for delivery windows
     #1  very-high  agent002    now      1h  Order total is wrong when a discount and a gift card meet
     #2  high       agent003     1h      5h  Checkout: split the payment step out of the controller
 
3 open issues, 3 agents: 2 to hand out now, 0 running, 1 later, 0 not scheduled.
Done in 5h; no plan takes less than 5h (file area: work on one area is done one after another): 0.00 % above the bound.
Note: Workload: the busiest agent works 240 minutes; no plan does with less than 240 (within 10 % of optimal).
$ echo '[]' | CLAMBAKE_NEW_PLANNER=true clambake plan --from -
Plan for the backlog, made by the v2 planner (STATIC: env)
 
  Nothing to hand out.
 
0 open issues, 8 agents: 0 to hand out now, 0 running, 0 later, 0 not scheduled.
