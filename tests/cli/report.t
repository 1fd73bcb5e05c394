# One file; what cannot be read or written is said, with exit code 2.
$ clambake report --from backlog.json -o $SCRATCH/report.html; head -1 $SCRATCH/report.html; grep -c 'id="i[0-9]*"' $SCRATCH/report.html
<!DOCTYPE html>
59
$ clambake report --from backlog.json -o - | cmp - $SCRATCH/report.html && echo the same
the same
$ clambake report --from backlog.json
clambake: error: --output is required (see --help)
[exit 2]
$ clambake report --from backlog.json -o /nonexistent/report.html
clambake: error: -o /nonexistent/report.html: cannot be written
[exit 2]
$ clambake report --from backlog.json -o $SCRATCH/x.html --bundles missing.json
clambake: error: missing.json: cannot be read: No such file or directory
[exit 2]
$ echo '{"schema":"clambake.run/2"}' > $SCRATCH/run.json; clambake report --from backlog.json -o $SCRATCH/x.html --run $SCRATCH/run.json
clambake: error: $SCRATCH/run.json: /schema: expected "clambake.run/1"
[exit 2]
$ ls $SCRATCH/x.html 2>/dev/null
[exit 2]
$ clambake report --help
Make one self-contained HTML file that shows the plan, and what became of it
Usage: clambake report [OPTIONS]
 
Options:
  -h,--help                   Print this help message and exit
  -o,--output FILE REQUIRED   The file to write; - is standard output
  --bundles FILE              Show the bundles that clambake bundle --json printed
  --run FILE                  Show the operations that clambake run --json printed
  --compare                   Show how the plans of legacy and v2 differ
 
The file loads nothing from anywhere: it can be mailed, archived, or kept as a CI artifact.
The migration and its health come from the state (--state); without one, the report says so.
 
Examples:
  clambake report --from backlog.json -o report.html
  CLAMBAKE_NEW_PLANNER=true clambake report --from backlog.json --agents 12 --compare -o report.html
  clambake report --from backlog.json --bundles bundles.json --run run.json -o report.html
  clambake report --repo octo/repo --state postgresql://db/clambake?sslmode=verify-full -o report.html
 
Options of every command (--from, --repo, --agents, --json, …): clambake --help
$ clambake completion tcsh
clambake: error: shell: tcsh not in {bash,zsh,fish} (see --help)
[exit 2]
