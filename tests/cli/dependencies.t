# Dependencies as people write them in bodies count for a saved backlog, too, and are told apart.

$ printf '%s' '{"repository":"octo/hello","issues":[{"labels":["route:ready"],"number":1,"title":"base"},{"labels":["route:ready"],"number":2,"title":"needs it","body":"Blocked by #1"},{"labels":["route:ready"],"number":3,"title":"far","body":"Depends on other/repo#3"},{"labels":["route:ready"],"number":4,"title":"gone","body":"- [ ] #99"},{"labels":["route:ready"],"number":5,"title":"done","body":"- [x] #1"},{"labels":["route:ready"],"number":6,"title":"native","body":"Blocked by #1"}],"blocked_by":[{"issue":6,"blocked_by":[1]}]}' > $SCRATCH/b.json; CLAMBAKE_NEW_PLANNER=true clambake plan --from $SCRATCH/b.json --explain --agents 2
Plan for octo/hello, made by the v2 planner (STATIC: env)
 
  ISSUE  PRIORITY  AGENT     START  FINISH  TITLE
     #1  none      agent001    now      1h  base
      no priority label: it ranks with medium; agent001 is free
     #5  none      agent002    now      1h  done
      no priority label: it ranks with medium; agent002 is free
     #2  none      agent001     1h      2h  needs it
      no priority label: it ranks with medium; agent001 is free once #1 is done
      waits for its blocker #1 (as its text says), done at 1h
     #6  none      agent002     1h      2h  native
      no priority label: it ranks with medium; agent002 is free once #5 is done
      waits for its blocker #1, done at 1h
 
Not scheduled
  ISSUE  PRIORITY  WHY NOT  TITLE
     #3  none      blocked  far
      blocked by other/repo#3 (as its text says), which could not be read
     #4  none      blocked  gone
      blocked by #99 (as its text says), which could not be read
 
6 open issues, 2 agents: 2 to hand out now, 0 running, 2 later, 2 not scheduled.
Done in 2h; no plan takes less than 2h (critical path: the longest chain of issues that wait for each other): 0.00 % above the bound.
Note: 2 issues are blocked because some of their blockers could not be read (first: #3).
Note: Workload: the busiest agent works 120 minutes; no plan does with less than 120 (within 10 % of optimal).
