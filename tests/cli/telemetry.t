# A log line for each event, on standard error; data stays on standard output.
$ CLAMBAKE_NEW_PLANNER=true clambake plan --from backlog.json --log text 2>&1 >/dev/null | sed -E 's/^[^ ]+ //; s/(trace|span)=[0-9a-f]+/\1=…/g; s/minutes=[0-9]+/minutes=…/g'
info    plan.made planner=v2 issues=59 scheduled=43 makespan_minutes=… lower_bound_minutes=… trace=… span=…
info    command.ended command=plan exit_code=0 trace=… span=…
$ CLAMBAKE_NEW_PLANNER=true clambake plan --from backlog.json --log json 2>&1 >/dev/null | tail -1 | sed -E 's/"(time|trace_id|span_id)":"[^"]*"/"\1":"…"/g'
{"time":"…","level":"info","event":"command.ended","trace_id":"…","span_id":"…","fields":{"command":"plan","exit_code":0}}
$ CLAMBAKE_NEW_PLANNER=true clambake plan --from backlog.json --log json 2>&1 >/dev/null | grep -o '"trace_id":"[0-9a-f]*"' | sort -u | wc -l
1

# Runs add up in a metrics file for node_exporter.
$ for run in 1 2 3; do CLAMBAKE_NEW_PLANNER=true clambake plan --readonly --from backlog.json --metrics $SCRATCH/clambake.prom >/dev/null; done; grep -v '^#\|duration' $SCRATCH/clambake.prom
clambake_build_info{version="0.1.0"} 1
clambake_decisions_total{component="planner",generation="v2",reason="STATIC"} 3
clambake_readonly 1
$ grep -c '^clambake_call_duration_seconds_bucket' $SCRATCH/clambake.prom; grep '_count' $SCRATCH/clambake.prom
17
clambake_call_duration_seconds_count{component="planner",generation="v2"} 3
$ echo "node_load1 1" > $SCRATCH/other.prom; clambake plan --from backlog.json --metrics $SCRATCH/other.prom >/dev/null; cat $SCRATCH/other.prom
node_load1 1
clambake: warning: --metrics: $SCRATCH/other.prom: not metrics that clambake wrote: "node_load1 1"

# Traces that cannot be sent never fail a command, and a header's value is not repeated.
$ OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1 clambake plan --from backlog.json >/dev/null
clambake: warning: traces were not sent: connection failed: Couldn't connect to server
$ OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1 OTEL_EXPORTER_OTLP_HEADERS=planted clambake plan --from backlog.json >/dev/null
clambake: warning: no traces are sent: OTEL_EXPORTER_OTLP_HEADERS: entry 1 is not key=value (percent-encoded)
$ OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1 OTEL_SDK_DISABLED=true clambake plan --from backlog.json >/dev/null

# In a GitHub Actions job: outputs, and a summary with tables.
$ GITHUB_ACTIONS=true GITHUB_OUTPUT=$SCRATCH/output GITHUB_STEP_SUMMARY=$SCRATCH/summary CLAMBAKE_NEW_PLANNER=true clambake plan --from backlog.json --agents 4 >/dev/null; sed "s/^#/ #/" $SCRATCH/summary; sed 's/sha256:.*/sha256:…/; s/\(.*<<\).*/\1…/' $SCRATCH/output
 ### Plan for shellworks/shop
 
59 open issues, 4 agents, 3 to hand out now. Done in 13h15m; no plan takes less than 12h5m. Made by the v2 planner (STATIC).
 
| Issue | Agent | Priority | Done in | Title |
| ---: | --- | --- | ---: | --- |
| #3 | agent001 | unblocker | 1h | Database schema for delivery windows |
| #21 | agent003 | unblocker | 30m | Flaky test: basket\_merges\_on\_login |
| #29 | agent004 | very-high | 1h | Rate\-limit the log\-in |
 
| Not scheduled because | Issues |
| --- | ---: |
| blocked | 6 |
| branch_completed | 1 |
| cycle | 2 |
| held | 1 |
| human_only | 2 |
| not_ready | 1 |
| open_pull_request | 3 |
| ready_to_merge | 1 |
| review | 1 |
digest<<…
sha256:…
clambake_b5ac8c37cff6363959a3d2eed07f8668fc939b8e2e3a5a4f2c06931cb30b9a0f
now<<…
3
clambake_4e07408562bedb8b60ce05c1decfe3ad16b72230967de01f640b7e4729b49fce
unassigned<<…
18
clambake_4ec9599fc203d176a301536c2e091a19bc852759b255bd6818810a42c5fed14a
makespan<<…
795
clambake_c032851ed192d8ac0a3ad04b0ef3060b44d1f6d62f8c17414006702787c5d88b
lower_bound<<…
725
clambake_5c3e9040008c91509e2d28e5308034b677d4e2cc0b386863d4883bdb747eba1c
### Plan for shellworks/shop
