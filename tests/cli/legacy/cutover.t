# A rollout from the command line: start, hold, roll back, clear; what is
# missing is said; the environment file is replaced.
$ cd $SCRATCH; clambake cutover status
clambake: error: no repository: name it with --repo OWNER/NAME or in GITHUB_REPOSITORY, or run in a clone of it (.: there is no git repository)
[exit 2]
$ clambake cutover status --repo octo/repo --state $SCRATCH/s.db
clambake: error: $SCRATCH/s.db: there is no state; `clambake state init` makes it
[exit 2]
$ clambake cutover start planner --repo octo/repo --state $SCRATCH/s.db
clambake: error: a change needs to say who makes it, and why (--reason)
[exit 2]
$ clambake cutover start planner --repo octo/repo --state $SCRATCH/s.db --reason 'phase 1' --actor ada
  COMPONENT  ROLLOUT    SHARE  STEP  CONTROL  CANDIDATE  LATCH
  planner    running  10.00 %   1/5        0          0  -
$ clambake cutover start bundler --repo octo/repo --state $SCRATCH/s.db --reason 'phase 2' --actor ada
clambake: error: the bundler cannot start yet:
  the planner's rollout is not complete: it is running at 10 %
[exit 2]
$ clambake cutover start planner --repo octo/repo --state $SCRATCH/s.db --reason x --ladder 10,5
clambake: error: a ladder's steps must grow and stay within 0.01 and 100 %, and 500 basis points follow 1000
[exit 2]
$ clambake cutover judge planner --repo octo/repo --state $SCRATCH/s.db > $SCRATCH/judged; code=$?; sed 's/for [0-9]* s/for N s/' $SCRATCH/judged; exit $code
inconclusive: the planner at 10.00 %, for N s
  not enough items: 0 of control and 0 of candidate, 50 of each wanted at least
 
  METRIC        CONTROL  CANDIDATE  STATE
  error_rate          -          -  undecided
      errors 0.00 % against 0.00 %: an increase of up to 82.25 % is not ruled out (e-value 1 of 333.3, 0 and 0 items); +2.00 % alone would take 303 items per arm
  latency_p95         -          -  undecided
      P95 0 µs against 0 µs, more than 0 µs is not ruled out (e-value 1 of 1000, 0 and 0 items)
  availability        -          -  undecided
      availability 0.00 %, at least 99.00 % wanted (e-value 1 of 2000, 0 and 0 items)
  success_rate        -          -  undecided
      success 0.00 %, at least 95.00 % wanted (e-value 1 of 181.8, 0 and 0 items)
[exit 3]
$ clambake cutover judge planner --repo octo/repo --state $SCRATCH/s.db --json > $SCRATCH/verdict.json; clambake cutover judge --replay $SCRATCH/verdict.json | cmp - $SCRATCH/verdict.json
$ sed 's/"corruptions":0/"corruptions":1/' $SCRATCH/verdict.json > $SCRATCH/forged.json; clambake cutover judge --replay $SCRATCH/forged.json > $SCRATCH/other.json
clambake: error: $SCRATCH/forged.json: judged again, the verdict is another one
[exit 1]
$ clambake cutover advance planner --repo octo/repo --state $SCRATCH/s.db --reason 'go on' --actor ada
clambake: error: the planner cannot advance yet:
  no run of the v2 planner has left its workload yet (within 10 % of optimal is wanted)
  no assignment of a v2 plan was executed yet (no increase in failed ones is wanted)
  the judge says inconclusive: not enough items: 0 of control and 0 of candidate, 50 of each wanted at least; errors 0.00 % against 0.00 %: an increase of up to 82.25 % is not ruled out (e-value 1 of 333.3, 0 and 0 items); +2.00 % alone would take 303 items per arm; P95 0 µs against 0 µs, more than 0 µs is not ruled out (e-value 1 of 1000, 0 and 0 items); availability 0.00 %, at least 99.00 % wanted (e-value 1 of 2000, 0 and 0 items); success 0.00 %, at least 95.00 % wanted (e-value 1 of 181.8, 0 and 0 items)
[exit 2]
$ clambake cutover hold planner --repo octo/repo --state $SCRATCH/s.db --reason lunch --actor ada
  COMPONENT  ROLLOUT    SHARE  STEP  CONTROL  CANDIDATE  LATCH
  planner    held     10.00 %   1/5        0          0  -
      held: lunch
$ printf 'A=1\nCLAMBAKE_NEW_PLANNER=true\n' > $SCRATCH/flags.env; clambake cutover rollback all --repo octo/repo --state $SCRATCH/s.db --env-file $SCRATCH/flags.env --readonly --reason smoke --actor ada && cat $SCRATCH/flags.env
rolled back: all (smoke)
A=1
CLAMBAKE_BUNDLER_V2=false
CLAMBAKE_MIGRATION_PHASE=legacy
CLAMBAKE_NEW_EXECUTOR=false
CLAMBAKE_NEW_PLANNER=false
CLAMBAKE_READONLY=true
$ clambake cutover rollback all --repo octo/repo --state $SCRATCH/s.db --env-file $SCRATCH/flags.env --actor bob
rolled back: all (rolled back by hand)
$ clambake cutover status --repo octo/repo --state $SCRATCH/s.db --json | grep -o '"holds":true,"trigger":"operator","observed":"smoke"' | wc -l
3
$ clambake cutover advance planner --repo octo/repo --state $SCRATCH/s.db --reason 'go on'
clambake: error: the planner was rolled back (operator): `clambake cutover clear planner --reason …` lifts that
[exit 2]
$ clambake cutover clear planner --repo octo/repo --state $SCRATCH/s.db
clambake: error: a change needs to say who makes it, and why (--reason)
[exit 2]
$ clambake cutover clear planner --repo octo/repo --state $SCRATCH/s.db --reason ' '
clambake: error: a change needs to say who makes it, and why (--reason)
[exit 2]
$ clambake cutover judge all --repo octo/repo --state $SCRATCH/s.db
clambake: error: component: all not in {planner,bundler,executor} (see --help)
[exit 2]
$ clambake cutover clear planner --repo octo/repo --state $SCRATCH/s.db --reason 'it was the smoke' --actor ada
  COMPONENT  ROLLOUT  SHARE  STEP  CONTROL  CANDIDATE  LATCH
  planner    none         -     -        0          0  -
$ clambake cutover status --log 3 --repo octo/repo --state $SCRATCH/s.db | sed 's/2[0-9-]*T[0-9:]*Z/TIME/'
  TIME                  ACTOR  EVENT             DETAIL
  TIME  bob    cutover.rollback  bundler: latched (operator) -> latched (operator): rolled back by hand
  TIME  bob    cutover.rollback  executor: latched (operator) -> latched (operator): rolled back by hand
  TIME  ada    cutover.clear     planner: latched (operator) -> none: it was the smoke
# With the state gone, the environment file is still written.
$ rm $SCRATCH/flags.env; clambake cutover rollback planner --repo octo/repo --state /proc/none/s.db --env-file $SCRATCH/flags.env 2>$SCRATCH/why; cat $SCRATCH/flags.env; grep -c 'the latch is not set' $SCRATCH/why
rolled back in $SCRATCH/flags.env alone: restart what reads it
CLAMBAKE_NEW_PLANNER=false
1
# As JSON it says what was written, and what was not; without a repository, too.
$ clambake cutover rollback planner --repo octo/repo --state /proc/none/s.db --env-file $SCRATCH/flags.env --json 2>$SCRATCH/why
{"schema":"clambake.rollouts/1","scope":"octo/repo","rollouts":[],"latch_set":false,"environment_file":"$SCRATCH/flags.env"}
$ cd $SCRATCH; rm flags.env; clambake cutover rollback all --state s.db --env-file flags.env; cat flags.env
rolled back in flags.env alone: restart what reads it
CLAMBAKE_BUNDLER_V2=false
CLAMBAKE_MIGRATION_PHASE=legacy
CLAMBAKE_NEW_EXECUTOR=false
CLAMBAKE_NEW_PLANNER=false
clambake: warning: the latch is not set (no repository: name it with --repo OWNER/NAME or in GITHUB_REPOSITORY, or run in a clone of it (.: there is no git repository)); programs that cannot read the state run legacy
$ clambake cutover rollback all --repo octo/repo --state /proc/none/s.db --json > $SCRATCH/out; code=$?; cat $SCRATCH/out; exit $code
clambake: warning: the latch is not set (/proc/none: No such file or directory); programs that cannot read the state run legacy
clambake: error: /proc/none: No such file or directory
[exit 2]
$ clambake cutover rollback bundler --repo octo/repo --state $SCRATCH/s.db --env-file $SCRATCH/no/flags.env --json 2>$SCRATCH/why > $SCRATCH/out; code=$?; grep -o '"latch_set.*' $SCRATCH/out; exit $code
"latch_set":true,"environment_file":null}
[exit 5]
# Snapshots, audit, reconciliation.
$ clambake state audit --repo octo/repo --state $SCRATCH/s.db
the generations agree, no invariant is broken
$ clambake state snapshot $SCRATCH/snapshot.json --repo octo/repo --state $SCRATCH/s.db > $SCRATCH/said; sed 's/scope":"octo/scope":"octa/' $SCRATCH/snapshot.json > $SCRATCH/changed.json; clambake state restore $SCRATCH/changed.json --repo octo/repo --state $SCRATCH/s.db
clambake: error: snapshot: its digest does not match: it was changed or cut; nothing is restored
[exit 2]
$ clambake state restore $SCRATCH/snapshot.json --repo octo/repo --state $SCRATCH/s.db
restored; work in progress waits in the safe queue, GitHub is as it was: `clambake state reconcile` compares
$ clambake state reconcile --repo octo/repo --state $SCRATCH/s.db
0 issues in progress moved to the safe queue; their agents keep them
labels: skipped, no backlog to compare with (--from FILE)
# Comparisons that are kept.
$ clambake compare --history --repo octo/repo --state $SCRATCH/s.db
no comparison is kept; `clambake compare --keep` keeps one
$ clambake compare --from backlog.json --agents 3 --repo octo/repo --state $SCRATCH/s.db --keep > $SCRATCH/compared; clambake compare --history --repo octo/repo --state $SCRATCH/s.db | sed 's/2[0-9-]*T[0-9:]*Z/TIME/'
  TIME                  COMPONENT  OUTCOME  DETAIL
  TIME  planner    same     -
 
1 same.
# The doctor says what it could not check.
$ clambake doctor --from backlog.json --repo octo/repo --state $SCRATCH/s.db | grep -v '^  disk\| pass, '
  CHECK        STATE    DETAIL
  flags        pass     phase legacy
  github       skipped  a saved backlog is used (--from)
  token        skipped  see github
  rate_budget  skipped  see github
  labels       skipped  see github
  state        pass     sqlite, schema 7
  integrity    pass     every row and the audit log are as they were left
  consistency  skipped  only legacy runs: there is nothing to be consistent with
  assignments  pass     no issue is held twice
  clock        skipped  the state uses this machine's clock
  rollouts     pass     none in progress
  latch        warn     rolled back: bundler (operator), executor (operator)
 
$ clambake doctor --from backlog.json --repo octo/repo --state $SCRATCH/none.db --json | sed 's/[0-9]* MiB/N MiB/'
{"schema":"clambake.doctor/1","health":"pass","checks":[{"name":"flags","state":"pass","text":"phase legacy"},{"name":"github","state":"skipped","text":"a saved backlog is used (--from)"},{"name":"token","state":"skipped","text":"see github"},{"name":"rate_budget","state":"skipped","text":"see github"},{"name":"labels","state":"skipped","text":"see github"},{"name":"state","state":"skipped","text":"there is none yet: `clambake state init` makes it"},{"name":"integrity","state":"skipped","text":"no state to look at"},{"name":"consistency","state":"skipped","text":"no state to compare"},{"name":"assignments","state":"skipped","text":"no state to look at"},{"name":"clock","state":"skipped","text":"no other clock to compare with"},{"name":"disk","state":"pass","text":"N MiB free"},{"name":"rollouts","state":"skipped","text":"no state to look at"},{"name":"latch","state":"skipped","text":"no state to look at"}]}
# The way back twice, and its timeline.
$ clambake cutover status --incidents --repo octo/repo --state $SCRATCH/s.db | sed 's/2[0-9-]*T[0-9:]*Z/TIME/; s/over after .*/over after a while/; s/sha256:[0-9a-f]*/DIGEST/'
planner, over after a while
  TIME                  LEVEL     ACTOR  EVENT             DETAIL
  TIME  critical  ada    cutover.rollback  planner: held at 10.00 % -> latched (operator): smoke
  TIME  critical  bob    cutover.rollback  planner: latched (operator) -> latched (operator): rolled back by hand
  TIME  info      ada    cutover.clear     planner: latched (operator) -> none: it was the smoke
 
bundler, open
  TIME                  LEVEL     ACTOR     EVENT             DETAIL
  TIME  critical  ada       cutover.rollback  bundler: none -> latched (operator): smoke
  TIME  critical  bob       cutover.rollback  bundler: latched (operator) -> latched (operator): rolled back by hand
  TIME  critical  operator  cutover.rollback  bundler: latched (operator) -> latched (operator): rolled back by hand
  TIME  warning   operator  state.restore     DIGEST
 
executor, open
  TIME                  LEVEL     ACTOR     EVENT             DETAIL
  TIME  critical  ada       cutover.rollback  executor: none -> latched (operator): smoke
  TIME  critical  bob       cutover.rollback  executor: latched (operator) -> latched (operator): rolled back by hand
  TIME  warning   operator  state.restore     DIGEST
 
3 incidents, 2 open.
# Whoever wants to know hears of it: a hook without a shell, a webhook that must be safe.
$ printf '#!/bin/sh\necho "$1|$2|$3" >> "$SCRATCH/heard"\n' > $SCRATCH/hook && chmod +x $SCRATCH/hook; CLAMBAKE_ALERT_HOOK=$SCRATCH/hook clambake cutover start planner --repo octo/repo --state $SCRATCH/s.db --reason '$(id) again' --actor ada > $SCRATCH/out; CLAMBAKE_ALERT_HOOK=$SCRATCH/hook clambake cutover rollback planner --repo octo/repo --state $SCRATCH/s.db --actor ada; sed s/sha256:[0-9a-f]*/DIGEST/ $SCRATCH/heard
rolled back: planner (rolled back by hand)
warning|state.restore|octo/repo: DIGEST
info|cutover.start|octo/repo: planner: none -> running at 10.00 %: $(id) again
critical|cutover.rollback|octo/repo: planner: running at 10.00 % -> latched (operator): rolled back by hand
$ CLAMBAKE_ALERT_WEBHOOK=http://example.org/ clambake cutover clear planner --repo octo/repo --state $SCRATCH/s.db --reason mended --actor ada
  COMPONENT  ROLLOUT  SHARE  STEP  CONTROL  CANDIDATE  LATCH
  planner    none         -     -        0          0  -
clambake: warning: the alert webhook: CLAMBAKE_ALERT_WEBHOOK: expected https://…, or http:// on this host
$ CLAMBAKE_ALERT_HOOK=/none clambake cutover start planner --repo octo/repo --state $SCRATCH/s.db --reason again --actor ada
  COMPONENT  ROLLOUT    SHARE  STEP  CONTROL  CANDIDATE  LATCH
  planner    running  10.00 %   1/5        0          0  -
clambake: warning: the alert hook: /none: No such file or directory
$ GITHUB_ACTIONS=true clambake cutover rollback planner --repo octo/repo --state $SCRATCH/s.db --reason 'a%b' --actor ada
rolled back: planner (a%b)
::error title=clambake::critical: cutover.rollback by ada: planner: running at 10.00 %25 -> latched (operator): a%25b
# The cleanup names all that is missing, and must be asked for by name.
$ clambake cutover cleanup --repo octo/repo --state $SCRATCH/s.db
clambake: error: cleanup: say --rehearse, which changes nothing, or --confirm, after which there is no way back
[exit 2]
$ clambake cutover cleanup --rehearse --repo octo/repo --state $SCRATCH/s.db
clambake: error: the cleanup cannot be done yet:
  the flags say legacy: phase3 is wanted, with every component on v2
  octo/repo: the planner was rolled back
  octo/repo: the bundler was rolled back
  octo/repo: the executor was rolled back
[exit 2]
$ CLAMBAKE_MIGRATION_PHASE=phase3 clambake cutover cleanup --confirm --reason 'week 3' --repo octo/repo --state $SCRATCH/s.db
clambake: error: the cleanup cannot be done yet:
  octo/repo: the planner was rolled back
  octo/repo: the bundler was rolled back
  octo/repo: the executor was rolled back
[exit 2]
# What GitHub showed is part of a snapshot; what changed since is told.
$ clambake state snapshot $SCRATCH/seen.json --from backlog.json --repo octo/repo --state $SCRATCH/s.db > $SCRATCH/out; grep -o '"github/seen"' $SCRATCH/seen.json; sed 's/"agent002"/"agent009"/' backlog.json > $SCRATCH/later.json; clambake state reconcile --from $SCRATCH/later.json --repo octo/repo --state $SCRATCH/s.db 
"github/seen"
0 issues in progress moved to the safe queue; their agents keep them
 
Held by another on GitHub than here
  ISSUE  ON GITHUB  IN THE STATE
    #17  agent009   nobody
    #50  agent005   nobody
 
Changed on GitHub since it was last seen here
  ISSUE  GONE      ADDED
    #17  agent002  agent009
[exit 1]
# The executors side by side: nothing is performed.
$ clambake compare --component executor --from backlog.json --agents 3 --repo octo/repo --state $SCRATCH/s.db --keep; clambake compare --history --json --repo octo/repo --state $SCRATCH/s.db | sed 's/2[0-9-]*T[0-9:]*Z/TIME/g'
legacy (control) beside v2 (candidate): what would be done on GitHub
 
  SUBJECT                              CLASS     REASON          CONTROL                   CANDIDATE
  agent006/25-document-how-to-restore  expected  L6_no_closing   POST pulls                POST pulls
  issue-21                             expected  owner_assigned  POST issues/21/assignees  -
  issue-21                             expected  status_comment  -                         POST issues/21/comments
  issue-21                             expected  branch_name     POST git/refs             POST git/refs
  issue-25                             expected  L5_requeue      -                         POST issues/25/labels
  issue-25                             expected  L5_requeue      POST issues/25/labels     -
  issue-25                             expected  L5_requeue      -                         DELETE issues/25/labels/route%3Areview
  issue-25                             expected  status_comment  -                         POST issues/25/comments
  issue-3                              expected  owner_assigned  POST issues/3/assignees   -
  issue-3                              expected  status_comment  -                         POST issues/3/comments
  issue-3                              expected  branch_name     POST git/refs             POST git/refs
 
Operations: 2 same, 0 equivalent, 11 expected, 0 different.
Noise floor (legacy beside legacy): 8 same, 0 equivalent, 0 expected, 0 different.
No functional difference: every difference has a declared reason.
{"schema":"clambake.comparisons/1","scope":"octo/repo","comparisons":[{"at":"TIME","component":"planner","outcome":"same","detail":""},{"at":"TIME","component":"executor","outcome":"expected","detail":"3 L5_requeue, 1 L6_no_closing, 2 branch_name, 2 owner_assigned, 3 status_comment"}]}
# What a terminal shows, as JSON; a roll-back whose environment file is none is done, and says so.
$ clambake cutover rollback planner --json --repo octo/repo --state $SCRATCH/s.db --actor ada | grep -o '"schema":"[^"]*"\|"holds":true'
"schema":"clambake.rollouts/1"
"holds":true
$ clambake cutover status --log 1 --json --repo octo/repo --state $SCRATCH/s.db | sed 's/2[0-9-]*T[0-9:]*Z/TIME/; s/"sequence":[0-9]*/"sequence":N/'
{"schema":"clambake.audit_log/1","scope":"octo/repo","lines":[{"sequence":N,"at":"TIME","level":"critical","actor":"ada","event":"cutover.rollback","detail":"planner: latched (operator) -> latched (operator): rolled back by hand"}]}
$ clambake cutover status --incidents --json --repo octo/repo --state $SCRATCH/s.db | grep -o '"schema":"[^"]*"\|"component":"[^"]*"'
"schema":"clambake.incidents/1"
"component":"planner"
"component":"bundler"
"component":"executor"
"component":"planner"
"component":"planner"
$ clambake state audit --json --repo octo/repo --state $SCRATCH/s.db
{"schema":"clambake.state_audit/1","scope":"octo/repo","clean":true,"repaired":0,"differences":[],"broken":[]}
$ clambake cutover rollback planner --env-file . --repo octo/repo --state $SCRATCH/s.db --actor ada
rolled back: planner (rolled back by hand)
clambake: error: .: cannot be read: Is a directory
[exit 5]
$ clambake cutover rollback planner --env-file /none/flags.env --repo octo/repo --state $SCRATCH/s.db --actor ada
rolled back: planner (rolled back by hand)
clambake: error: /none/flags.env: cannot be made: No such file or directory
[exit 5]
$ clambake cutover clear planner --reason x --repo octo/repo --state $SCRATCH/s.db --actor ada >$SCRATCH/out; clambake cutover rollback planner --reason $'typed \xff\e[31m' --repo octo/repo --state $SCRATCH/s.db --actor ada >$SCRATCH/out; clambake cutover status planner --repo octo/repo --state $SCRATCH/s.db | sed 's/2[0-9-]*T[0-9:]*Z/TIME/'
  COMPONENT  ROLLOUT  SHARE  STEP  CONTROL  CANDIDATE  LATCH
  planner    none         -     -        0          0  latched: operator
      TIME by ada: typed � [31m
