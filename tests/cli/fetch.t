# What fetch refuses before it sends anything.

$ cd $SCRATCH; clambake fetch
clambake: error: no repository: name it with --repo OWNER/NAME or in GITHUB_REPOSITORY, or run in a clone of it (.: there is no git repository)
[exit 2]

$ clambake fetch --repo octo/hello
clambake: error: no token for GitHub: set GH_TOKEN (with the GitHub CLI: export GH_TOKEN=$(gh auth token)), or name a file with --token-file; https://github.com/settings/personal-access-tokens makes one: read access to issues, pull requests and contents is enough for reading
[exit 4]

$ GH_TOKEN=x clambake fetch --repo octo
clambake: error: repository "octo": expected OWNER/NAME
[exit 2]

$ GH_TOKEN=x clambake fetch --repo octo/hello --api-url http://github.example
clambake: error: API URL http://github.example: refused, it would send the token in the clear; expected https, or http on loopback
[exit 2]

$ GH_TOKEN=x clambake fetch --repo octo/hello --api-url https://user:secret@github.example
clambake: error: API URL: expected https://HOST[:PORT][/PATH] without user name and blanks
[exit 2]

$ GH_TOKEN="two words" clambake fetch --repo octo/hello
clambake: error: token: expected visible ASCII characters without blanks or line ends
[exit 2]

$ echo token > $SCRATCH/token; chmod 644 $SCRATCH/token; clambake fetch --repo octo/hello --token-file $SCRATCH/token
clambake: error: --token-file $SCRATCH/token: expected a file that only its owner can read (chmod 600)
[exit 2]

$ clambake fetch --repo octo/hello --token-file $SCRATCH/none
clambake: error: --token-file $SCRATCH/none: No such file or directory
[exit 2]

# GitHub is not there: nothing is written, and the token is not shown.

$ XDG_CACHE_HOME=$SCRATCH GH_TOKEN=ghp_secret GITHUB_ACTIONS=true clambake fetch --repo octo/hello --api-url http://127.0.0.1:1 -o $SCRATCH/backlog.json; ls $SCRATCH/backlog.json*
::error title=clambake::http://127.0.0.1:1/repos/octo/hello: connection failed: Couldn't connect to server
ls: cannot access '$SCRATCH/backlog.json*': No such file or directory
[exit 2]
