# Legacy beside v2: every difference has a class and a reason.
$ clambake compare --from backlog.json --agents 12
legacy (control) beside v2 (candidate): what is handed out now
 
  ISSUE  CLASS       REASON       CONTROL        CANDIDATE  TITLE
     #1  equivalent  agent_order  agent006       agent009   Order total is wrong when a discount and a gift card meet
     #4  expected    L1_blocked   agent010       later      API: list delivery windows
     #5  expected    L1_blocked   agent011       later      API: reserve a delivery window
    #10  expected    L1_blocked   no_idle_agent  agent011   Search ignores accents ("café" finds nothing)
    #18  equivalent  agent_order  agent004       agent007   Keyboard: the basket cannot be reached
    #29  equivalent  agent_order  agent007       agent004   Rate-limit the log-in
    #31  expected    L1_blocked   no_idle_agent  agent010   Invoices: number them without gaps
    #37  equivalent  agent_order  agent009       agent006   Stock count drifts after a cancelled order
    #52  expected    L1_blocked   agent012       blocked    Alert on failed payments
    #55  expected    L1_blocked   no_idle_agent  agent012   Import the suppliers' price lists
 
59 open issues: 49 same, 4 equivalent, 6 expected, 0 different.
Noise floor (legacy beside legacy): 59 same, 0 equivalent, 0 expected, 0 different.
No functional difference: every difference has a declared reason.
$ clambake compare --from backlog.json --agents agents.json
legacy (control) beside v2 (candidate): what is handed out now
 
  ISSUE  CLASS       REASON       CONTROL        CANDIDATE  TITLE
     #1  equivalent  tie_order    agent006       later      Order total is wrong when a discount and a gift card meet
     #2  expected    v2_capacity  no_idle_agent  agent006   Checkout: split the payment step out of the controller
     #3  equivalent  agent_order  agent001       agent004   Database schema for delivery windows
    #18  equivalent  tie_order    agent004       later      Keyboard: the basket cannot be reached
    #21  equivalent  agent_order  agent003       agent001   Flaky test: basket_merges_on_login
    #29  equivalent  tie_order    no_idle_agent  agent003   Rate-limit the log-in
    #37  equivalent  tie_order    no_idle_agent  agent003   Stock count drifts after a cancelled order
 
59 open issues: 52 same, 6 equivalent, 1 expected, 0 different.
Noise floor (legacy beside legacy): 59 same, 0 equivalent, 0 expected, 0 different.
No functional difference: every difference has a declared reason.
$ clambake compare --from backlog.json --agents 12 --json
{"schema":"clambake.comparison/1","component":"planner","repository":"shellworks/shop","issues_considered":59,"control":{"planner":"legacy","digest":"sha256:9c2643e05d960a146eea028eed863578b5931e99fca371c0215fdfbc17fd549e"},"candidate":{"planner":"v2","digest":"sha256:66f894de0347db5c5628242111cb1ca0bf8ecf7ad3617e857036774133556440"},"counts":{"same":49,"equivalent":4,"expected":6,"different":0},"noise":{"same":59,"equivalent":0,"expected":0,"different":0},"differences":[{"issue":1,"class":"equivalent","code":"agent_order","control":"agent006","candidate":"agent009"},{"issue":4,"class":"expected","code":"L1_blocked","control":"agent010","candidate":"later"},{"issue":5,"class":"expected","code":"L1_blocked","control":"agent011","candidate":"later"},{"issue":10,"class":"expected","code":"L1_blocked","control":"no_idle_agent","candidate":"agent011"},{"issue":18,"class":"equivalent","code":"agent_order","control":"agent004","candidate":"agent007"},{"issue":29,"class":"equivalent","code":"agent_order","control":"agent007","candidate":"agent004"},{"issue":31,"class":"expected","code":"L1_blocked","control":"no_idle_agent","candidate":"agent010"},{"issue":37,"class":"equivalent","code":"agent_order","control":"agent009","candidate":"agent006"},{"issue":52,"class":"expected","code":"L1_blocked","control":"agent012","candidate":"blocked"},{"issue":55,"class":"expected","code":"L1_blocked","control":"no_idle_agent","candidate":"agent012"}],"same":true}
