# The legacy planner does not look at dependencies, written ones or others.

$ printf '%s' '[{"labels":["route:ready"],"number":1},{"labels":["route:ready"],"number":2,"body":"Blocked by #1"},{"labels":["route:ready"],"number":3,"body":"Depends on other/repo#3"}]' > $SCRATCH/b.json; clambake plan --from $SCRATCH/b.json --agents 3
Plan for the backlog, made by the legacy planner (DEFAULT)
 
  ISSUE  PRIORITY  AGENT     START  FINISH  TITLE
     #1  none      agent001    now      1h  
     #2  none      agent002    now      1h  
     #3  none      agent003    now      1h  
 
3 open issues, 3 agents: 3 to hand out now, 0 running, 0 later, 0 not scheduled.
