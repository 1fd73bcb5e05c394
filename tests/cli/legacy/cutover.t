# A rollout from the command line: start, hold, roll back, clear; what is
# missing is said; the environment file is replaced.
$ clambake cutover status
$ clambake cutover status --repo octo/repo --state $SCRATCH/s.db
$ clambake cutover start planner --repo octo/repo --state $SCRATCH/s.db
$ clambake cutover start planner --repo octo/repo --state $SCRATCH/s.db --reason 'phase 1' --actor ada
$ clambake cutover start bundler --repo octo/repo --state $SCRATCH/s.db --reason 'phase 2' --actor ada
$ clambake cutover start planner --repo octo/repo --state $SCRATCH/s.db --reason x --ladder 10,5
$ clambake cutover judge planner --repo octo/repo --state $SCRATCH/s.db
$ clambake cutover judge planner --repo octo/repo --state $SCRATCH/s.db --json > $SCRATCH/verdict.json; clambake cutover judge --replay $SCRATCH/verdict.json | cmp - $SCRATCH/verdict.json
$ sed 's/"corruptions":0/"corruptions":1/' $SCRATCH/verdict.json > $SCRATCH/forged.json; clambake cutover judge --replay $SCRATCH/forged.json > $SCRATCH/other.json
$ clambake cutover advance planner --repo octo/repo --state $SCRATCH/s.db --reason 'go on' --actor ada
$ clambake cutover hold planner --repo octo/repo --state $SCRATCH/s.db --reason lunch --actor ada
$ printf 'A=1\nCLAMBAKE_NEW_PLANNER=true\n' > $SCRATCH/flags.env; clambake cutover rollback all --repo octo/repo --state $SCRATCH/s.db --env-file $SCRATCH/flags.env --readonly --reason smoke --actor ada && cat $SCRATCH/flags.env
$ clambake cutover rollback all --repo octo/repo --state $SCRATCH/s.db --env-file $SCRATCH/flags.env
$ clambake cutover status --repo octo/repo --state $SCRATCH/s.db --json | grep -o '"holds":true,"trigger":"operator","observed":"smoke"' | wc -l
$ clambake cutover advance planner --repo octo/repo --state $SCRATCH/s.db --reason 'go on'
$ clambake cutover clear planner --repo octo/repo --state $SCRATCH/s.db
$ clambake cutover clear planner --repo octo/repo --state $SCRATCH/s.db --reason 'it was the smoke' --actor ada
$ clambake cutover status --log 3 --repo octo/repo --state $SCRATCH/s.db | sed 's/^[^ ]*  //'
# With the state gone, the environment file is still written.
$ rm $SCRATCH/flags.env; clambake cutover rollback planner --repo octo/repo --state /proc/none/s.db --env-file $SCRATCH/flags.env 2>$SCRATCH/why; cat $SCRATCH/flags.env; grep -c 'the latch is not set' $SCRATCH/why
# Snapshots, audit, reconciliation.
$ clambake state audit --repo octo/repo --state $SCRATCH/s.db
$ clambake state snapshot $SCRATCH/snapshot.json --repo octo/repo --state $SCRATCH/s.db > $SCRATCH/said; sed 's/scope":"octo/scope":"octa/' $SCRATCH/snapshot.json > $SCRATCH/changed.json; clambake state restore $SCRATCH/changed.json --repo octo/repo --state $SCRATCH/s.db
$ clambake state restore $SCRATCH/snapshot.json --repo octo/repo --state $SCRATCH/s.db
$ clambake state reconcile --repo octo/repo --state $SCRATCH/s.db
# Comparisons that are kept.
$ clambake compare --history --repo octo/repo --state $SCRATCH/s.db
$ clambake compare --from backlog.json --agents 3 --repo octo/repo --state $SCRATCH/s.db --keep > $SCRATCH/compared; clambake compare --history --repo octo/repo --state $SCRATCH/s.db | sed 's/^2[^ ]*  //'
# The doctor says what it could not check.
$ clambake doctor --from backlog.json --repo octo/repo --state $SCRATCH/s.db | grep -v ^pass.*disk
$ clambake doctor --from backlog.json --repo octo/repo --state $SCRATCH/none.db --json
