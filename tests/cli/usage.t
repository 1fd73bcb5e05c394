# Usage errors: exit code 2, a sentence that says what is wrong, nothing on standard output.
$ clambake
Turns GitHub issues into a job queue for coding agents: plan, bundle, execute.
Usage: clambake [OPTIONS] [SUBCOMMAND]
 
Options:
  -h,--help                   Print this help message and exit
  --version                   Display program version information and exit
  --repo OWNER/NAME (Env:GITHUB_REPOSITORY)
                              Repository on GitHub [where the clone's origin is]
  --api-url URL (Env:GITHUB_API_URL)
                              GitHub's API, where it is not https://api.github.com
  --token-file FILE           File (mode 0600) with the token, where GH_TOKEN and GITHUB_TOKEN are not set
  --state PATH|postgresql://…
                              Where the state is kept; default: a file below $XDG_STATE_HOME/clambake
  --from FILE                 Read the backlog from FILE; - is standard input
  --git-dir DIR               The clone: a work tree, a bare repository, or a folder inside
  --agents N|FILE=8           How many agents there are, or a file that describes them
  --readonly                  Write nothing to GitHub, whatever the environment says
  --json                      Print JSON on standard output
  --quiet                     Print no notes on standard error
  --verbose                   Say more on standard error
  --color WHEN:{auto,always,never}=auto
                              Colours in text output
  --log FORMAT:{text,json}    Log what happens on standard error, a line for each event
  --metrics FILE              Add this run to a metrics file for node_exporter
  --no-progress               Show no progress, even on a terminal
 
Subcommands:
  plan                        Say which agent takes which issue, and when; never writes anything
  bundle                      Group finished branches into the fewest bundles that git merges; never writes anything
  compare                     Compare legacy and v2 on one input; never writes to GitHub
  fetch                       Save a repository's backlog for use without the network
  run                         Plan, bundle, execute: one shot; with --readonly, only say what it would do
  state                       The state that outlives a run; never writes to GitHub
  flags                       Show the effective feature flags, where each comes from, and why
  report                      Make one self-contained HTML file that shows the plan, and what became of it
  completion                  Print a script for tab completion in a shell
  manual                      Print the manual page, for man
  cutover                     From legacy to v2, step by step, and back at once
  doctor                      Health checks: exit 0 healthy, 1 not, 3 with warnings
 
Start with: clambake plan --from backlog.json
Each command explains itself: clambake plan --help
[exit 2]
$ clambake plann
clambake: error: "plann" is not a command of clambake; did you mean "plan"? (see clambake --help)
[exit 2]
$ clambake plan --from
clambake: error: --from: 1 required FILE missing (see --help)
[exit 2]
$ clambake plan --color sometimes --from backlog.json
clambake: error: --color: sometimes not in {auto,always,never} (see --help)
[exit 2]
$ cd $SCRATCH; clambake plan
clambake: error: no backlog: name a saved one with --from FILE (- is standard input), or a repository on GitHub with --repo OWNER/NAME (.: there is no git repository)
[exit 2]
$ clambake plan --from missing.json
clambake: error: missing.json: cannot be read (is it a file, and may it be read?)
[exit 2]
$ clambake plan --from .
clambake: error: .: cannot be read (is it a file, and may it be read?)
[exit 2]
$ clambake plan --from backlog.json --agents 0
clambake: error: agents: 0 is not between 1 and 100000
[exit 2]
$ clambake plan --from backlog.json --agents none.json
clambake: error: --agents none.json: neither a number from 1 to 100000 nor a file that can be read
[exit 2]
$ clambake plan --from backlog.json --as-of yesterday
clambake: error: --as-of yesterday: expected a time such as 2026-01-02T03:04:05Z, or a date
[exit 2]
$ clambake plan --from backlog.json --effort -1
clambake: error: --effort: Value -1 not in range 0 to 1000 (see --help)
[exit 2]
$ clambake plan --frm backlog.json
clambake: error: "--frm" is not an option of clambake plan; did you mean "--from"? (see clambake plan --help)
[exit 2]
$ clambake cutover strat planner
clambake: error: "strat" is not a command of clambake cutover; did you mean "start"? (see clambake cutover --help)
[exit 2]
$ clambake plan unwanted
clambake: error: "unwanted" is not an argument of clambake plan (see clambake plan --help)
[exit 2]
$ clambake cutover
clambake: error: A subcommand is required (see --help)
[exit 2]
$ clambake --help
Turns GitHub issues into a job queue for coding agents: plan, bundle, execute.
Usage: clambake [OPTIONS] [SUBCOMMAND]
 
Options:
  -h,--help                   Print this help message and exit
  --version                   Display program version information and exit
  --repo OWNER/NAME (Env:GITHUB_REPOSITORY)
                              Repository on GitHub [where the clone's origin is]
  --api-url URL (Env:GITHUB_API_URL)
                              GitHub's API, where it is not https://api.github.com
  --token-file FILE           File (mode 0600) with the token, where GH_TOKEN and GITHUB_TOKEN are not set
  --state PATH|postgresql://…
                              Where the state is kept; default: a file below $XDG_STATE_HOME/clambake
  --from FILE                 Read the backlog from FILE; - is standard input
  --git-dir DIR               The clone: a work tree, a bare repository, or a folder inside
  --agents N|FILE=8           How many agents there are, or a file that describes them
  --readonly                  Write nothing to GitHub, whatever the environment says
  --json                      Print JSON on standard output
  --quiet                     Print no notes on standard error
  --verbose                   Say more on standard error
  --color WHEN:{auto,always,never}=auto
                              Colours in text output
  --log FORMAT:{text,json}    Log what happens on standard error, a line for each event
  --metrics FILE              Add this run to a metrics file for node_exporter
  --no-progress               Show no progress, even on a terminal
 
Subcommands:
  plan                        Say which agent takes which issue, and when; never writes anything
  bundle                      Group finished branches into the fewest bundles that git merges; never writes anything
  compare                     Compare legacy and v2 on one input; never writes to GitHub
  fetch                       Save a repository's backlog for use without the network
  run                         Plan, bundle, execute: one shot; with --readonly, only say what it would do
  state                       The state that outlives a run; never writes to GitHub
  flags                       Show the effective feature flags, where each comes from, and why
  report                      Make one self-contained HTML file that shows the plan, and what became of it
  completion                  Print a script for tab completion in a shell
  manual                      Print the manual page, for man
  cutover                     From legacy to v2, step by step, and back at once
  doctor                      Health checks: exit 0 healthy, 1 not, 3 with warnings
 
Start with: clambake plan --from backlog.json
Each command explains itself: clambake plan --help
$ clambake plan --help
Say which agent takes which issue, and when; never writes anything
Usage: clambake plan [OPTIONS]
 
Options:
  -h,--help                   Print this help message and exit
  --as-of TIME                Plan the backlog as it stood at TIME
  --explain                   Say why this agent, and why not that issue (with --json: on standard error)
  --all                       Show every row of long tables
  --default-estimate MINUTES:INT in [1 - 1000000]=60
                              Minutes an issue takes where nothing tells
  --overlap hard|soft:{hard,soft}=hard
                              hard: issues that touch the same files never run at once
  --effort INT:INT in [0 - 1000]=1
                              Search budget; 0 takes the first plan found
  --previous FILE             Keep what is still right of an earlier plan (its --json)
  --verify                    Check the plan by independent code; exit code 1 if it breaks a rule
 
Examples:
  clambake plan --from backlog.json                 the next issue for each of 8 agents
  clambake plan --from backlog.json --agents 12 --explain
  CLAMBAKE_NEW_PLANNER=true clambake plan --readonly --from backlog.json --json
  clambake plan --from - --as-of 2026-01-31 < backlog.json
 
Options of every command (--from, --repo, --agents, --json, …): clambake --help
$ clambake compare --help
Compare legacy and v2 on one input; never writes to GitHub
Usage: clambake compare [OPTIONS]
 
Options:
  -h,--help                   Print this help message and exit
  --component planner|bundler|executor:{planner,bundler,executor}=planner
                              What to compare
  --heads FILE                Branches to bundle, a line each: <rev> [<issue>]; - is standard input
  --base REV                  What to bundle onto [the backlog's default branch, else main]
  --max-size INT:INT in [0 - 100000]=8
                              Most heads in a bundle; 0 is no limit
  --window TIME               The departure that names the bundles [now]
  --previous FILE             Earlier output of --json: keep bundles together where that costs none
  --all                       Show every row of long tables
  --keep                      Remember what came out, beside the state
  --history                   What came out of comparisons that were kept; exit 1 if any differs
 
Each difference is same, equivalent (another order among equals), expected (a known defect of
legacy or a declared improvement, named by its code) or different. Exit code 1 if any is different.
 
Examples:
  clambake compare --from backlog.json --agents 12
  clambake compare --from backlog.json --json | jq .counts
  clambake compare --component bundler --heads heads.txt --git-dir ../clone
 
Options of every command (--from, --repo, --agents, --json, …): clambake --help
$ clambake flags --help
Show the effective feature flags, where each comes from, and why
Usage: clambake flags [OPTIONS] [SUBCOMMAND]
 
Options:
  -h,--help                   Print this help message and exit
 
Subcommands:
  check                       Only validate: exit code 2 if a value is not understood
 
The variables: CLAMBAKE_NEW_PLANNER, CLAMBAKE_BUNDLER_V2, CLAMBAKE_NEW_EXECUTOR, CLAMBAKE_READONLY
(true 1 yes on / false 0 no off) and CLAMBAKE_MIGRATION_PHASE (legacy phase1 phase2 phase3 cleanup).
A phase that is set is a ceiling; the most conservative setting wins.
 
Examples:
  CLAMBAKE_NEW_PLANNER=true clambake flags
  clambake flags check || exit      # in a start script: 2 if any value is not understood
 
Options of every command (--from, --repo, --agents, --json, …): clambake --help
