# Bad input: file, line and column or JSON pointer, field, expectation.
$ echo '[{"number": 1}, {"number": "2"}]' | clambake plan --from -
clambake: error: <stdin>: /1/number: expected an integer from 1 to 9007199254740991, found a string
[exit 2]
$ printf '[\n  {"number": 1},\n  {"number": }\n]' | clambake plan --from -
clambake: error: <stdin>:3:14: Invalid value.
[exit 2]
$ echo '{"pulls": []}' | clambake plan --from -
clambake: error: <stdin>: "issues" is missing
[exit 2]
$ echo '[{"number": 1, "labels": "bug"}]' | clambake plan --from -
clambake: error: <stdin>: /0/labels: expected an array, found a string
[exit 2]
$ echo '[{"number": 1}, {"number": 1}]' | clambake plan --from - --json
clambake: error: <stdin>: /1/number: issue 1 appears twice
[exit 2]
$ clambake plan --from - < /dev/null
clambake: error: <stdin>:1:1: expected a backlog, found nothing
[exit 2]
$ echo '{"agents": [{"id": "carol"}]}' > $SCRATCH/a.json; clambake plan --from backlog.json --agents $SCRATCH/a.json
clambake: error: $SCRATCH/a.json: /agents/0/id: expected "agent" and three or more digits, such as "agent001"
[exit 2]
$ CLAMBAKE_READONLY=ture clambake plan --from missing.json
clambake: error: CLAMBAKE_READONLY="ture" is not understood; use one of: true, 1, yes, on, false, 0, no, off
[exit 2]
$ CLAMBAKE_MIGRATION_PHASE=phase9 CLAMBAKE_NEW_PLANNER=si clambake flags
clambake: error: CLAMBAKE_NEW_PLANNER="si" is not understood; use one of: true, 1, yes, on, false, 0, no, off
CLAMBAKE_MIGRATION_PHASE="phase9" is not understood; use one of: legacy, phase1, phase2, phase3, cleanup
[exit 2]
# An earlier plan: cut off, of another repository, of other agents.
$ clambake plan --from backlog.json --json | head -c 900 > $SCRATCH/plan.json; clambake plan --from backlog.json --previous $SCRATCH/plan.json
clambake: error: $SCRATCH/plan.json: not JSON at byte 900
[exit 2]
$ clambake plan --from backlog.json --json | sed s,shellworks,other, > $SCRATCH/plan.json; clambake plan --from backlog.json --previous $SCRATCH/plan.json
clambake: error: $SCRATCH/plan.json: /repository: a plan of another repository than the backlog's
[exit 2]
$ CLAMBAKE_NEW_PLANNER=true clambake plan --from backlog.json --json | sed s,agent003,agent903, > $SCRATCH/plan.json; clambake plan --from backlog.json --previous $SCRATCH/plan.json
clambake: error: $SCRATCH/plan.json: /assignments/2/agent: expected an agent that "load" names
[exit 2]
$ export CLAMBAKE_NEW_PLANNER=true; clambake plan --from backlog.json --json | sed s,agent003,agent903,g > $SCRATCH/plan.json; clambake plan --from backlog.json --verify --previous $SCRATCH/plan.json | grep previous
Note: The previous plan names agent903, which is not among the agents now.
