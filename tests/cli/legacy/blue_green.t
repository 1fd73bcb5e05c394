# Two state profiles: blue's work is handed over to green, and back.
$ clambake state init --repo octo/repo --state $SCRATCH/blue.db
state for octo/repo is ready (sqlite, schema 7)
$ blue-green/switch.sh $SCRATCH octo/repo
the generations agree, no invariant is broken
0 issues in progress moved to the safe queue; their agents keep them
labels: skipped, no backlog to compare with (--from FILE)
0 issues back with their agents, for 24h
the generations agree, no invariant is broken
green has the work now: start its timer
$ blue-green/switch.sh --back $SCRATCH octo/repo
the generations agree, no invariant is broken
0 issues in progress moved to the safe queue; their agents keep them
labels: skipped, no backlog to compare with (--from FILE)
0 issues back with their agents, for 24h
the generations agree, no invariant is broken
blue has the work now: start its timer
