# Two state profiles: blue's work is handed over to green, and back.
$ clambake state init --repo octo/repo --state $SCRATCH/blue.db
$ blue-green/switch.sh $SCRATCH octo/repo
$ blue-green/switch.sh --back $SCRATCH octo/repo
